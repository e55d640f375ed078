import { beforeEach, describe, expect, test } from '@jest/globals';
import { type DocumentNode, type FieldNode, GraphQLError, visit } from 'graphql';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';
import type { Denial } from '../src/engine/operation-context.js';

const ran: string[] = [];

function run(name: string, fails = false): { id: string; owner: { id: string } } {
  ran.push(name);
  if (fails) throw new GraphQLError(`${name} failed.`, { extensions: { code: 'CONFLICT' } });
  return { id: name, owner: { id: '1' } };
}

const graph = openInMemoryGraph({
  posts: {
    sdl: `
      type Query { posts: [Post!]! first: Post! empty: Post! broken: Post! }
      type Mutation { add(id: ID!, fails: Boolean = false): Post }
      type Subscription { posted: Post! }
      type Post @key(fields: "id") { id: ID! owner: User! tags: [String!]! }
      type User @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: {
        posts: () => ['1', '2', '3'].map((id) => ({ id, owner: { id }, tags: ['a'] })),
        first: () => ({ id: '1', owner: { id: '1' }, tags: ['a'] }),
        broken: () => run('broken', true),
      },
      Mutation: { add: (_: unknown, { id, fails }: { id: string; fails: boolean }) => run(id, fails) },
    },
  },
  users: {
    sdl: `
      type Query { me: User! people: [User!]! }
      type Mutation { rename: User! }
      type User @key(fields: "id") { id: ID! name: String! address: Address! }
      type Address { city: String! }`,
    resolvers: {
      Query: { me: () => ({ id: '1' }), people: () => [{ id: '1' }] },
      Mutation: { rename: () => run('rename') },
      User: {
        __resolveReference: async ({ id }: { id: string }) => {
          if (id === '2') throw new GraphQLError('There is no user 2.', { extensions: { code: 'NOT_FOUND' } });
          return { id };
        },
        name: ({ id }: { id: string }) => `User ${id}`,
        address: () => ({ city: 'Basel' }),
      },
    },
  },
});

beforeEach(() => {
  graph.sent.length = 0;
  ran.length = 0;
  graph.respondWith = () => undefined;
});

const postsWithOwners = '{ posts { id owner { name } } }';

describe('without onError', () => {
  test('an error propagates to the nearest nullable parent', async () => {
    expect(await graph.execute(postsWithOwners)).toMatchObject({
      data: null,
      errors: [{ path: ['posts', 1, 'owner'], extensions: { code: 'NOT_FOUND' } }],
    });
  });

  test('subgraphs get the same request as ever', async () => {
    await graph.execute(postsWithOwners);
    for (const { body } of graph.sent) expect(Object.keys(JSON.parse(body) as object)).toEqual(['query', 'variables']);
  });
});

describe('onError: NULL', () => {
  const onError = 'NULL';

  test('leaves null and the error at their place, and keeps all other data', async () => {
    const { data, errors } = await graph.execute(postsWithOwners, {}, { onError });
    expect(data).toEqual({
      posts: [
        { id: '1', owner: { name: 'User 1' } },
        { id: '2', owner: { name: null } },
        { id: '3', owner: { name: 'User 3' } },
      ],
    });
    expect(errors).toMatchObject([{ path: ['posts', 1, 'owner'], extensions: { code: 'NOT_FOUND' } }]);
  });

  test('keeps the data of the other subgraphs when one fails', async () => {
    graph.respondWith = (subgraph) =>
      subgraph === 'users' ? Promise.reject(new GraphQLError('users is down.')) : undefined;
    const { data, errors } = await graph.execute('{ me { id } first { id owner { id name } } }', {}, { onError });
    expect(data).toEqual({ me: null, first: { id: '1', owner: { id: '1', name: null } } });
    expect(errors).not.toHaveLength(0);
  });

  test('leaves null in lists, and in lists of lists of non-null items', async () => {
    graph.respondWith = () =>
      Promise.resolve({
        data: { posts: [{ tags: ['a', null] }, null] },
        errors: [{ message: 'no tag', path: ['posts', 0, 'tags', 1] }],
      });
    const { data, errors } = await graph.execute('{ posts { tags } }', {}, { onError });
    expect(data).toEqual({ posts: [{ tags: ['a', null] }, null] });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['posts', 0, 'tags', 1],
      ['posts', 1],
    ]);
  });

  test('reports a null in a non-null position that no other error explains', async () => {
    graph.respondWith = (subgraph) =>
      Promise.resolve(
        subgraph === 'posts'
          ? { data: { first: null } }
          : { data: { me: null }, errors: [{ message: 'nobody', path: ['me'] }] },
      );
    const { data, errors } = await graph.execute('{ me { name } first { id } }', {}, { onError });
    expect(data).toEqual({ me: null, first: null });
    expect(errors).toMatchObject([
      { path: ['me'], message: 'nobody' },
      { path: ['first'], message: 'Cannot return null for non-nullable field Query.first.' },
    ]);
  });

  test('reports no second error for a null that a subgraph propagated', async () => {
    graph.respondWith = () =>
      Promise.resolve({ data: { me: null }, errors: [{ message: 'no city', path: ['me', 'address', 'city'] }] });
    const { data, errors } = await graph.execute('{ me { address { city } } }', {}, { onError });
    expect(data).toEqual({ me: null });
    expect(errors).toMatchObject([{ path: ['me', 'address', 'city'] }]);
  });

  test('leaves null for a field that is denied to the caller', async () => {
    const { data, errors } = await graph.execute('{ me { id address { city } } }', {}, { onError, denied });
    expect(data).toEqual({ me: { id: '1', address: { city: null } } });
    expect(errors).toMatchObject([{ path: ['me', 'address', 'city'], extensions: { code: 'FORBIDDEN' } }]);
  });

  test('leaves null for an invalid value', async () => {
    graph.respondWith = () => Promise.resolve({ data: { me: { id: '1', name: 7 } } });
    const { data, errors } = await graph.execute('{ me { id name } }', {}, { onError });
    expect(data).toEqual({ me: { id: '1', name: null } });
    expect(errors).toMatchObject([{ path: ['me', 'name'], message: 'Invalid value found for field User.name.' }]);
  });

  test('is passed on to the subgraphs, which can keep their nulls too', async () => {
    await graph.execute(postsWithOwners, {}, { onError });
    expect(graph.sent.map(({ subgraph }) => subgraph)).toEqual(['posts', 'users']);
    for (const { body } of graph.sent) expect(JSON.parse(body)).toMatchObject({ onError: 'NULL' });
  });

  test('does not change the result of other requests for the same operation', async () => {
    await graph.execute(postsWithOwners, {}, { onError });
    expect(await graph.execute(postsWithOwners)).toMatchObject({ data: null });
    expect(await graph.execute(postsWithOwners, {}, { onError })).toMatchObject({ data: { posts: [{}, {}, {}] } });
  });

  test('completes live events', async () => {
    const event = { data: { posted: { id: '9', owner: { __typename: 'User', id: '2' } } } };
    const subscription = 'subscription { posted { id owner { name } } }';
    const [result] = await graph.completeEvents(subscription, [event], { onError });
    expect(result?.data).toEqual({ posted: { id: '9', owner: { name: null } } });
    expect(await graph.completeEvents(subscription, [event])).toMatchObject([{ data: null }]);
  });
});

describe('onError: HALT', () => {
  const onError = 'HALT';

  test('does not change a result without errors', async () => {
    expect(await graph.execute('{ first { id owner { name } } }', {}, { onError })).toEqual({
      data: { first: { id: '1', owner: { name: 'User 1' } } },
    });
  });

  test('answers no data and the first error only', async () => {
    graph.respondWith = () =>
      Promise.resolve({
        data: { posts: [null, null] },
        errors: [1, 2].map((number) => ({ message: `error ${number}`, path: ['posts', number] })),
      });
    const { data, errors } = await graph.execute('{ posts { id } }', {}, { onError });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ message: 'error 1', path: ['posts', 1] }]);
  });

  test('applies to errors that the gateway itself finds', async () => {
    graph.respondWith = () => Promise.resolve({ data: { me: { id: '1', name: 7, address: null } } });
    const { data, errors } = await graph.execute('{ me { id name address { city } } }', {}, { onError });
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
  });

  test('sends no fetch that depends on the failed one', async () => {
    graph.respondWith = (subgraph) =>
      subgraph === 'posts'
        ? Promise.resolve({
            data: { posts: [{ id: '1', owner: { __typename: 'User', id: '1' } }] },
            errors: [{ message: 'one post is missing', path: ['posts'] }],
          })
        : undefined;
    const { errors } = await graph.execute(postsWithOwners, {}, { onError });
    expect(errors).toMatchObject([{ message: 'one post is missing' }]);
    expect(graph.sent.map(({ subgraph }) => subgraph)).toEqual(['posts']);
  });

  test('cancels parallel fetches and does not wait for them', async () => {
    let isCancelled = false;
    const { fetch } = graph.fetcher;
    graph.fetcher.fetch = (subgraph, request, context) => {
      if (subgraph !== 'users') return fetch(subgraph, request, context);
      return new Promise(() => context.cancellation?.onCancel(() => (isCancelled = true)));
    };
    try {
      const { data, errors } = await graph.execute('{ broken { id } me { id } }', {}, { onError });
      expect({ data, errors }).toMatchObject({ data: null, errors: [{ message: 'broken failed.' }] });
      expect(isCancelled).toBe(true);
    } finally {
      graph.fetcher.fetch = fetch;
    }
  });

  test('runs no mutation after one that failed, in the same subgraph or in another', async () => {
    const document = `mutation ($two: ID!, $three: ID!) {
      one: add(id: "one") { id } two: add(id: $two, fails: true) { id } three: add(id: $three) { id } rename { id } }`;
    const variables = { two: 'two', three: 'three' };
    const { data, errors } = await graph.execute(document, variables, { onError });
    expect({ data, errors }).toMatchObject({ data: null, errors: [{ path: ['two'], message: 'two failed.' }] });
    expect(ran).toEqual(['one', 'two']);
    ran.length = 0;
    await graph.execute(document, variables);
    expect(ran).toEqual(['one', 'two', 'three', 'rename']);
  });

  test('runs a mutation once that several selections select', async () => {
    const document = `mutation ($w: Boolean!) {
      one: add(id: "one") { id } one: add(id: "one") @include(if: $w) { owner { id } } two: add(id: "two") { id }
    }`;
    const { data } = await graph.execute(document, { w: true }, { onError });
    expect(data).toEqual({ one: { id: 'one', owner: { id: '1' } }, two: { id: 'two' } });
    expect(ran).toEqual(['one', 'two']);
  });

  test('runs all mutations of a document without errors, in order', async () => {
    const document =
      'mutation { two: add(id: "2") { ...P } one: add(id: "1") { id } } fragment P on Post { id owner { name } }';
    const { data } = await graph.execute(document, {}, { onError });
    expect(data).toEqual({ two: { id: '2', owner: { name: 'User 1' } }, one: { id: '1' } });
    expect(ran).toEqual(['2', '1']);
  });

  test('fetches nothing if a root field is denied to the caller', async () => {
    const result = await graph.execute('mutation { add(id: "1") { id } rename { id } }', {}, { onError, denied });
    expect(result).toMatchObject({ data: null, errors: [{ path: ['rename'], extensions: { code: 'FORBIDDEN' } }] });
    expect(graph.sent).toEqual([]);
  });

  test('ignores a denied field that is excluded', async () => {
    const document = 'mutation ($no: Boolean!) { add(id: "1") { id } rename @include(if: $no) { id } }';
    expect(await graph.execute(document, { no: false }, { onError, denied })).toEqual({ data: { add: { id: '1' } } });
  });

  test('completes live events', async () => {
    const event = {
      data: { posted: { id: '9', owner: { __typename: 'User', id: '1' } } },
      errors: [{ message: 'bad event', path: ['posted'] }],
    };
    const [result] = await graph.completeEvents('subscription { posted { id owner { name } } }', [event], { onError });
    expect(result).toMatchObject({ data: null, errors: [{ message: 'bad event' }] });
    expect(graph.sent).toEqual([]);
  });
});

/** Denies the cities and the mutation `rename`. */
function denied(document: DocumentNode): Map<FieldNode, Denial> {
  const fields = new Map<FieldNode, Denial>();
  const denial: Denial = { code: 'FORBIDDEN', message: 'It needs more.', requires: [] };
  visit(document, { Field: (node) => void (['city', 'rename'].includes(node.name.value) && fields.set(node, denial)) });
  return fields;
}
