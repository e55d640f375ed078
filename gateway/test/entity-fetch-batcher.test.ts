import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const person = 'type User @key(fields: "id", resolvable: false) { id: ID! }';
const graph = openInMemoryGraph({
  plays: {
    sdl: `type Query { play(by: ID!): Play } type Play { author: User } ${person}`,
    resolvers: by('play', 'author'),
  },
  films: {
    sdl: `type Query { film(by: ID!): Film } type Film { director: User } ${person}`,
    resolvers: by('film', 'director'),
  },
  users: {
    sdl: 'type Query { users: [User] } type User @key(fields: "id") { id: ID! name(style: String): String! }',
    resolvers: {
      User: {
        __resolveReference({ id }: { id: string }) {
          // What is thrown at once takes the whole field with it, and the answer with the field.
          if (id === '9') throw new Error('There are no users.');
          return id === '2' ? Promise.reject(new Error('There is no user 2.')) : { id };
        },
        name: ({ id }: { id: string }, { style }: { style?: string }) => `${style ?? ''}User ${id}`,
      },
    },
  },
});

function by(field: string, role: string): object {
  return { Query: { [field]: (_: unknown, given: { by: string }) => ({ [role]: { id: given.by } }) } };
}

const query = `query ($author: ID!, $director: ID!, $style: String) {
  play(by: $author) { author { name(style: $style) } } film(by: $director) { director { name } }
}`;

/** The requests to users, by what each asks for. */
function askedOfUsers(): unknown[] {
  const requests = graph.sent.filter(({ subgraph }) => subgraph === 'users');
  return requests.map(({ entities }) =>
    entities.map(({ representations }) => representations.map((one) => (JSON.parse(one) as { id: string }).id)),
  );
}

beforeEach(() => {
  graph.sent.length = 0;
});

afterEach(() => {
  graph.respondWith = () => undefined;
});

test('what several branches ask of one service in one turn of the loop goes in one request', async () => {
  const { data, errors } = await graph.execute(query, { author: '1', director: '3', style: 'The ' });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ play: { author: { name: 'The User 1' } }, film: { director: { name: 'User 3' } } });
  expect(askedOfUsers()).toEqual([[['1'], ['3']]]);
});

test('a branch does not wait for one whose service is slow', async () => {
  graph.respondWith = (subgraph) =>
    subgraph === 'films' ? wait(50, { data: { film: { director: { __typename: 'User', id: '3' } } } }) : undefined;
  const { data } = await graph.execute(query, { author: '1', director: '3' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: { name: 'User 3' } } });
  expect(askedOfUsers()).toEqual([[['1']], [['3']]]);
});

test('an error of one is told at its own place, and the other stands', async () => {
  const { data, errors } = await graph.execute(query, { author: '1', director: '2' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: null } });
  expect(errors).toMatchObject([{ message: 'There is no user 2.', path: ['film', 'director'] }]);
  expect(askedOfUsers()).toEqual([[['1'], ['2']]]);
});

test('where one takes the whole answer with it, the other is asked for again, alone', async () => {
  const { data, errors } = await graph.execute(query, { author: '1', director: '9' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: null } });
  expect(errors?.map(({ message }) => message)).toEqual(['There are no users.']);
  expect(askedOfUsers()).toEqual([[['1'], ['9']], [['1']]]);
});

test('a service that gives no answer is not asked again', async () => {
  const names = ['_entities_0', '_entities_1'];
  const errors = names.map((name) => ({ message: 'gone', path: [name, 0, 'name'] }));
  graph.respondWith = (subgraph) => (subgraph === 'users' ? Promise.resolve({ data: null, errors }) : undefined);
  const answer = await graph.execute(query, { author: '1', director: '3' });
  expect(answer.errors?.map(({ path }) => path)).toEqual([
    ['play', 'author', 'name'],
    ['film', 'director', 'name'],
  ]);
  expect(askedOfUsers()).toHaveLength(1);
});

test('an answer that is none for one of them is the fault of that one alone', async () => {
  const half = { data: { _entities_0: [{ name: 'User 1' }], _entities_1: 'nobody' } };
  graph.respondWith = (subgraph) => (subgraph === 'users' ? Promise.resolve(half) : undefined);
  const { data, errors } = await graph.execute(query, { author: '1', director: '3' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: null } });
  expect(errors?.map(({ message }) => message)).toEqual(['Expected "data._entities" in response to be an array']);
});

test('runs of one operation at the same time do not mix', async () => {
  const answers = await Promise.all(['1', '3', '4'].map((author) => graph.execute(query, { author, director: '5' })));
  expect(answers.map(({ data }) => (data as { play: { author: object } }).play.author)).toEqual(
    ['1', '3', '4'].map((id) => ({ name: `User ${id}` })),
  );
  expect(askedOfUsers()).toEqual(['1', '3', '4'].map((author) => [[author], ['5']]));
});
