import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const person = 'type User @key(fields: "id", resolvable: false) { id: ID! }';
const graph = openInMemoryGraph({
  plays: {
    sdl: `type Query { play(by: ID!): Play plays: [Play] } type Play { author: User } ${person}`,
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
          // A synchronous throw nulls the whole `_entities` field, and with it the response.
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

/** The ids of each `_entities` field of each request to users. */
function requestedUsers(): unknown[] {
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

test('sends the fetches of several branches that are ready in one turn of the event loop in one request', async () => {
  const { data, errors } = await graph.execute(query, { author: '1', director: '3', style: 'The ' });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ play: { author: { name: 'The User 1' } }, film: { director: { name: 'User 3' } } });
  expect(requestedUsers()).toEqual([[['1'], ['3']]]);
});

test('does not delay a branch for another whose subgraph is slow', async () => {
  graph.respondWith = (subgraph) =>
    subgraph === 'films' ? wait(50, { data: { film: { director: { __typename: 'User', id: '3' } } } }) : undefined;
  const { data } = await graph.execute(query, { author: '1', director: '3' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: { name: 'User 3' } } });
  expect(requestedUsers()).toEqual([[['1']], [['3']]]);
});

test('reports the error of one fetch at its own path and keeps the data of the other', async () => {
  const { data, errors } = await graph.execute(query, { author: '1', director: '2' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: null } });
  expect(errors).toMatchObject([{ message: 'There is no user 2.', path: ['film', 'director'] }]);
  expect(requestedUsers()).toEqual([[['1'], ['2']]]);
});

test('fetches a batch again, alone, if an error of another nulled the whole response', async () => {
  const { data, errors } = await graph.execute(query, { author: '1', director: '9' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: null } });
  expect(errors?.map(({ message }) => message)).toEqual(['There are no users.']);
  expect(requestedUsers()).toEqual([[['1'], ['9']], [['1']]]);
});

test('fetches a batch again, alone, if another nulled the whole response after one of its entities failed', async () => {
  const plays = [{ author: { __typename: 'User', id: '1' } }, { author: { __typename: 'User', id: '2' } }];
  graph.respondWith = (subgraph) => (subgraph === 'plays' ? Promise.resolve({ data: { plays } }) : undefined);
  const { data, errors } = await graph.execute(
    '{ plays { author { name } } film(by: "9") { director { name(style: "Sir ") } } }',
  );
  expect(data).toEqual({ plays: [{ author: { name: 'User 1' } }, { author: null }], film: { director: null } });
  expect(errors?.map(({ path }) => path)).toEqual([
    ['film', 'director', '_entities'],
    ['plays', 1, 'author'],
  ]);
});

test('does not repeat a request that failed for all of its batches', async () => {
  const names = ['_entities_0', '_entities_1'];
  const errors = names.map((name) => ({ message: 'gone', path: [name, 0, 'name'] }));
  graph.respondWith = (subgraph) => (subgraph === 'users' ? Promise.resolve({ data: null, errors }) : undefined);
  const result = await graph.execute(query, { author: '1', director: '3' });
  expect(result.errors?.map(({ path }) => path)).toEqual([
    ['play', 'author', 'name'],
    ['film', 'director', 'name'],
  ]);
  expect(requestedUsers()).toHaveLength(1);
});

test('confines an invalid result to its own fetch', async () => {
  const half = { data: { _entities_0: [{ name: 'User 1' }], _entities_1: 'nobody' } };
  graph.respondWith = (subgraph) => (subgraph === 'users' ? Promise.resolve(half) : undefined);
  const { data, errors } = await graph.execute(query, { author: '1', director: '3' });
  expect(data).toEqual({ play: { author: { name: 'User 1' } }, film: { director: null } });
  expect(errors?.map(({ message }) => message)).toEqual(['Expected "data._entities" in response to be an array']);
});

test('keeps concurrent executions of one operation apart', async () => {
  const results = await Promise.all(['1', '3', '4'].map((author) => graph.execute(query, { author, director: '5' })));
  expect(results.map(({ data }) => (data as { play: { author: object } }).play.author)).toEqual(
    ['1', '3', '4'].map((id) => ({ name: `User ${id}` })),
  );
  expect(requestedUsers()).toEqual(['1', '3', '4'].map((author) => [[author], ['5']]));
});

describe('branches that select the same fields', () => {
  const sameFields = `query ($author: ID!, $director: ID!) {
    play(by: $author) { author { id name } } film(by: $director) { director { id name } }
  }`;

  test('share one field, with each entity once', async () => {
    const { data, errors } = await graph.execute(sameFields, { author: '1', director: '1' });
    expect(errors).toBeUndefined();
    const user = { id: '1', name: 'User 1' };
    expect(data).toEqual({ play: { author: user }, film: { director: user } });
    expect(requestedUsers()).toEqual([[['1']]]);
    await graph.execute(sameFields, { author: '1', director: '3' });
    expect(requestedUsers()[1]).toEqual([['1', '3']]);
  });

  test('have separate fields where the arguments differ', async () => {
    const other = sameFields.replace('director { id name', 'director { id name(style: "Sir ")');
    const { data } = await graph.execute(other, { author: '1', director: '1' });
    expect(data).toMatchObject({ play: { author: { name: 'User 1' } }, film: { director: { name: 'Sir User 1' } } });
    expect(requestedUsers()).toEqual([[['1'], ['1']]]);
  });

  test('each report the error of an entity at their own path', async () => {
    const { data, errors } = await graph.execute(sameFields, { author: '2', director: '2' });
    expect(data).toEqual({ play: { author: null }, film: { director: null } });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['play', 'author'],
      ['film', 'director'],
    ]);
    expect(requestedUsers()).toEqual([[['2']]]);
  });

  test('keep their data when an entity of another fails, and are fetched alone when it nulls the response', async () => {
    const one = await graph.execute(sameFields, { author: '1', director: '2' });
    expect(one.data).toEqual({ play: { author: { id: '1', name: 'User 1' } }, film: { director: null } });
    expect(one.errors?.map(({ path }) => path)).toEqual([['film', 'director']]);
    const other = await graph.execute(sameFields, { author: '1', director: '9' });
    expect(other.data).toEqual({ play: { author: { id: '1', name: 'User 1' } }, film: { director: null } });
    expect(other.errors?.map(({ message }) => message)).toEqual(['There are no users.']);
    expect(requestedUsers()).toEqual([[['1', '2']], [['1', '9']], [['1']], [['9']]]);
  });

  test('both fail when the subgraph sends another number of entities', async () => {
    graph.respondWith = (subgraph) =>
      subgraph === 'users' ? Promise.resolve({ data: { _entities_0: [{ name: 'User 1' }] } }) : undefined;
    const { data, errors } = await graph.execute(sameFields, { author: '1', director: '3' });
    expect(data).toEqual({ play: { author: null }, film: { director: null } });
    expect(errors?.map(({ message }) => message)).toEqual(
      Array(2).fill('Expected "data._entities" to contain 2 elements'),
    );
  });
});
