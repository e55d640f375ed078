import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DocumentNode, type FieldNode, parse, visit } from 'graphql';
import type { Denial } from '../src/engine/operation-context.js';
import { openInMemoryGraph, type InMemoryGraph } from './fixtures/in-memory-graph.js';

const graph: InMemoryGraph = openInMemoryGraph({
  posts: {
    sdl: `
      type Query { posts: [Post!]! pinned: Post size(of: String = "all"): Int }
      type Mutation { post(title: String!): Post }
      type Post @key(fields: "id") { id: ID! title: String! author: User! reader: User secret: String strict: String! }
      type User @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: {
        posts: () => posts,
        pinned: () => posts[0],
        size: (_: unknown, { of }: { of: string }) => of.length,
      },
      Mutation: { post: (_: unknown, { title }: { title: string }) => ({ ...posts[0], title }) },
    },
  },
  users: {
    sdl: `
      type Query { me: User }
      type User @key(fields: "id") { id: ID! name(style: String): String! age: Int }`,
    resolvers: {
      Query: { me: () => ({ id: '1' }) },
      User: {
        __resolveReference: async ({ id }: { id: string }) => {
          if (id === '2') throw new Error('There is no user 2.');
          return { id };
        },
        name: ({ id }: { id: string }, { style }: { style?: string }) => `${style ?? ''}User ${id}`,
      },
    },
  },
  clubs: {
    sdl: `
      type Query { clubs: [Club!]! }
      type Club @key(fields: "id") @context(name: "club") { id: ID! currency: String! members: [Member!]! }
      type Member @key(fields: "id") { id: ID! fee(currency: String @fromContext(field: "$club { currency }")): String }`,
    resolvers: {
      Query: {
        clubs: () => [
          { id: 'a', currency: 'EUR', members: [{ id: '1' }, { id: '2' }] },
          { id: 'b', currency: 'USD', members: [{ id: '1' }] },
          { id: 'c', currency: 'EUR', members: [{ id: '3' }] },
        ],
      },
      Member: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        fee: ({ id }: { id: string }, { currency }: { currency: string }) => `${id} ${currency}`,
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

describe('the executor', () => {
  test('requests each entity once and merges it wherever it occurs', async () => {
    const { data } = await graph.execute('{ posts { author { name } } }');
    expect(graph.sent[1]?.entities[0]?.representations).toEqual([
      '{"__typename":"User","id":"1"}',
      '{"__typename":"User","id":"3"}',
    ]);
    expect(data).toEqual({
      posts: ['1', '3', '1'].map((id) => ({ author: { name: `User ${id}` } })),
    });
  });

  test('sends keys unchanged, with any characters', async () => {
    const ids = ['"', '\\', '\n', '\u0000', 'é', '\u2028', '\ud800', '😀', ' ', ''];
    graph.respondWith = (subgraph) =>
      subgraph === 'posts'
        ? Promise.resolve({ data: { posts: ids.map((id) => ({ author: { __typename: 'User', id } })) } })
        : undefined;
    const { data } = await graph.execute('{ posts { author { name } } }');
    expect(graph.sent[1]?.entities[0]?.representations).toEqual(
      ids.map((id) => JSON.stringify({ __typename: 'User', id })),
    );
    expect(data).toEqual({ posts: ids.map((id) => ({ author: { name: `User ${id}` } })) });
  });

  test('sends fetches to one subgraph that are ready at the same time in one request', async () => {
    const query = 'query ($style: String) { posts { author { name(style: $style) } reader { name age } } }';
    const { data } = await graph.execute(query, { style: 'The ' });
    expect(graph.sent.map(({ subgraph }) => subgraph)).toEqual(['posts', 'users']);
    expect(graph.sent[1]?.entities.map(({ name }) => name)).toEqual(['_entities_0', '_entities_1']);
    expect((data as never)['posts'][1]).toEqual({
      author: { name: 'The User 3' },
      reader: { name: 'User 1', age: null },
    });
  });

  test('sends one request for all entities with equal @fromContext values', async () => {
    const { data, errors } = await graph.execute('{ clubs { members { fee } } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      clubs: [
        { members: [{ fee: '1 EUR' }, { fee: '2 EUR' }] },
        { members: [{ fee: '1 USD' }] },
        { members: [{ fee: '3 EUR' }] },
      ],
    });
    const sent = graph.sent.map(({ body }) => (JSON.parse(body) as { variables: Record<string, unknown> }).variables);
    expect(sent.map((variables) => variables['contextualArgument_1_0'])).toEqual([undefined, 'EUR', 'USD']);
  });

  test('nulls only the fields of a subgraph that fails', async () => {
    graph.respondWith = (subgraph) => (subgraph === 'users' ? Promise.reject(new Error('gone')) : undefined);
    const { data, errors } = await graph.execute('{ pinned { title reader { age } } }');
    expect(data).toEqual({ pinned: { title: 'One', reader: { age: null } } });
    expect(errors?.map(({ message }) => message)).toEqual(['gone']);
  });

  test('does not fetch fields that a condition excludes', async () => {
    const query = 'query ($with: Boolean!) { pinned { title author @include(if: $with) { name } } }';
    expect(await graph.execute(query, { with: false })).toEqual({ data: { pinned: { title: 'One' } } });
    expect(graph.sent).toHaveLength(1);
    expect((await graph.execute(query, { with: true })).data).toEqual({
      pinned: { title: 'One', author: { name: 'User 1' } },
    });
  });
});

describe('the response', () => {
  test('has an error at every path of an entity that failed', async () => {
    graph.respondWith = (subgraph) =>
      subgraph === 'posts'
        ? Promise.resolve({ data: { posts: ['2', '1', '2'].map((id) => ({ reader: { __typename: 'User', id } })) } })
        : undefined;
    const { data, errors } = await graph.execute('{ posts { reader { age name } } }');
    expect((data as never)['posts']).toEqual([
      { reader: null },
      { reader: { age: null, name: 'User 1' } },
      { reader: null },
    ]);
    expect(errors?.map(({ path }) => path)).toEqual([
      ['posts', 0, 'reader'],
      ['posts', 2, 'reader'],
    ]);
  });

  test('supports field names of Object.prototype', async () => {
    const { data } = await graph.execute('{ pinned { constructor: title toString: secret __proto__: title } }');
    expect(JSON.stringify(data)).toBe('{"pinned":{"constructor":"One","toString":null,"__proto__":"One"}}');
  });

  test('merges the selections of fragments on one field', async () => {
    const query = '{ pinned { ...A ... on Post { author { id } } } } fragment A on Post { author { name __typename } }';
    const { data } = await graph.execute(query);
    expect(data).toEqual({ pinned: { author: { name: 'User 1', __typename: 'User', id: '1' } } });
  });

  test('resolves introspection for every value of a variable', async () => {
    const query = 'query ($name: String!) { __type(name: $name) { ...T } size } fragment T on __Type { kind name }';
    expect((await graph.execute(query, { name: 'Post' })).data).toEqual({
      __type: { kind: 'OBJECT', name: 'Post' },
      size: 3,
    });
    expect((await graph.execute(query, { name: 'Int' })).data).toEqual({
      __type: { kind: 'SCALAR', name: 'Int' },
      size: 3,
    });
  });
});

describe('a field that is denied to the caller', () => {
  test('is null with an error at each of its paths, and is not fetched', async () => {
    const { data, errors } = await graph.execute(
      '{ posts { title author { id } reader { age } } }',
      {},
      { denied: denying('age') },
    );
    expect((data as never)['posts'][0]).toEqual({ title: 'One', author: { id: '1' }, reader: { age: null } });
    expect(errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual(
      [0, 1, 2].map((index) => [['posts', index, 'reader', 'age'], 'FORBIDDEN']),
    );
    expect(graph.sent.map(({ subgraph }) => subgraph)).toEqual(['posts']);
  });

  test('nulls its parent if it is non-null', async () => {
    const { data, errors } = await graph.execute('{ pinned { title strict } size }', {}, { denied: denying('strict') });
    expect(data).toEqual({ pinned: null, size: 3 });
    expect(errors?.map(({ path }) => path)).toEqual([['pinned', 'strict']]);
  });

  test('is not executed at the root of a mutation', async () => {
    const query = 'mutation ($title: String!) { post(title: $title) { title } }';
    const { data } = await graph.execute(query, { title: 'x' }, { denied: denying('post') });
    expect(data).toEqual({ post: null });
    expect(graph.sent).toEqual([]);
  });
});

describe('prepared operations', () => {
  test('are prepared once for concurrent requests', async () => {
    const document = parse('{ size }');
    const [one, other] = await Promise.all([
      graph.graph.prepare(document, undefined),
      graph.graph.prepare(document, undefined),
    ]);
    expect(one).toBe(other);
  });

  test('are ordered by their number of uses', async () => {
    const document = parse('query Often { size }');
    for (let time = 0; time < 50; time++) await graph.graph.prepare(document, 'Often');
    expect(graph.graph.mostUsed(1)).toMatchObject([{ document, operationName: 'Often', activeLabels: [] }]);
  });
});

const posts = [
  { id: '1', title: 'One', author: { id: '1' }, reader: { id: '1' }, strict: '' },
  { id: '2', title: 'Two', author: { id: '3' }, reader: { id: '1' }, strict: '' },
  { id: '3', title: 'Three', author: { id: '1' }, reader: { id: '3' }, strict: '' },
];

const denial: Denial = {
  code: 'FORBIDDEN',
  message: 'You may not do this: it needs the role ADMIN.',
  requires: ['role:ADMIN'],
};

function denying(name: string): (document: DocumentNode) => Map<FieldNode, Denial> {
  return (document) => {
    const denied = new Map<FieldNode, Denial>();
    visit(document, { Field: (node) => void (node.name.value === name && denied.set(node, denial)) });
    return denied;
  };
}
