import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const graph = openInMemoryGraph({
  posts: {
    sdl: `
      type Query { posts: [Post!] }
      type Subscription { posted: Post! }
      type Post @key(fields: "id") { id: ID! title: String! author: User! secret: String tags: [String] }
      type User @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {},
  },
  users: {
    sdl: `
      type Query { me: User }
      type User @key(fields: "id") { id: ID! name: String! }`,
    resolvers: {
      User: {
        __resolveReference: async ({ id }: { id: string }) => {
          if (id === '2') throw new Error('There is no user 2.');
          return { id, name: `User ${id}` };
        },
      },
    },
  },
});

beforeEach(() => {
  graph.sent.length = 0;
});

afterEach(() => {
  graph.respondWith = () => undefined;
});

test('an event is completed without changing it', async () => {
  const event = { data: { posted: { title: 'New', author: { __typename: 'User', id: '3' } } } };
  const [result] = await graph.completeEvents('subscription { posted { title author { name } } }', [event]);
  expect(result).toEqual({ data: { posted: { title: 'New', author: { name: 'User 3' } } } });
  expect(event.data.posted.author).toEqual({ __typename: 'User', id: '3' });
});

describe('events that are completed together', () => {
  const query = 'subscription { posted { title author { name } } }';
  const events = ['3', '2', '1', '3'].map((id, index) => ({
    data: { posted: { title: `Post ${index}`, author: { __typename: 'User', id } } },
  }));

  test('need one request, keep their order, and have their own errors', async () => {
    const results = await graph.completeEvents(query, events);
    expect(graph.sent.map(({ entities }) => entities[0]?.representations.length)).toEqual([3]);
    expect(results.map(({ data }) => data)).toEqual([
      { posted: { title: 'Post 0', author: { name: 'User 3' } } },
      null,
      { posted: { title: 'Post 2', author: { name: 'User 1' } } },
      { posted: { title: 'Post 3', author: { name: 'User 3' } } },
    ]);
    expect(results.map(({ errors = [] }) => errors.map(({ message, path }) => [message, path]))).toEqual([
      [],
      [['There is no user 2.', ['posted', 'author']]],
      [],
      [],
    ]);
  });

  test('share an error that names none of them', async () => {
    graph.respondWith = async () => ({ data: null, errors: [{ message: 'Nobody is here.' }] });
    const results = await graph.completeEvents(query, events);
    expect(results.map(({ errors = [] }) => errors.map(({ message }) => message))).toEqual(
      events.map(() => ['Nobody is here.']),
    );
  });

  test('keep the errors that their subgraph sent with them', async () => {
    const [first, ...others] = events;
    const errors = [{ message: 'It has no secret.', path: ['posted', 'secret'] }];
    const results = await graph.completeEvents(query, [{ ...first, errors }, ...others.slice(2)]);
    expect(results.map((result) => result.errors?.map(({ path }) => path))).toEqual([
      [['posted', 'secret']],
      undefined,
    ]);
  });

  test('are completed alone where one has another shape than its schema', async () => {
    const [first] = events;
    const broken = { data: { posted: { ...first?.data.posted, tags: { no: 'list' } } } };
    const good = { data: { posted: { ...first?.data.posted, tags: ['new'] } } };
    expect(await graph.completeEvents('subscription { posted { tags author { name } } }', [good, broken])).toEqual([
      { data: { posted: { tags: ['new'], author: { name: 'User 3' } } } },
      { errors: [expect.objectContaining({ message: expect.stringContaining('list') })] },
    ]);
  });

  test('end each with its first error if they halt', async () => {
    const results = await graph.completeEvents(query, events.slice(0, 2), { onError: 'HALT' });
    expect(results.map(({ data, errors = [] }) => [data, errors.length])).toEqual([
      [{ posted: { title: 'Post 0', author: { name: 'User 3' } } }, 0],
      [null, 1],
    ]);
    expect(graph.sent).toHaveLength(2);
  });
});
