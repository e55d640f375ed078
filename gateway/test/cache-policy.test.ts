import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@apollo/composition';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';
import { type CacheHint, hintOfHeaders, restrictPolicy } from '../src/engine/caching/cache-policy.js';
import { createGraph, type Graph } from '../src/engine/graph.js';
import { createInProcessPlanner } from '../src/engine/planner/in-process-planner.js';
import { createCacheHeaders } from '../src/http/cache-headers.js';
import { cacheDirectives } from './fixtures/cache-directives.js';

const sdl = `${cacheDirectives}
  type Query {
    plain: Int
    scalar: Int @cacheControl(maxAge: 60)
    secret: Int @cacheControl(maxAge: 60, scope: PRIVATE)
    scopeOnly: Int @cacheControl(scope: PRIVATE)
    rootInherit: Int @cacheControl(inheritMaxAge: true)
    book: Book @cacheControl(maxAge: 50)
    hinted: Hinted
    shorter: Hinted @cacheControl(maxAge: 10)
    longer: Hinted @cacheControl(maxAge: 1000)
    zero: Hinted @cacheControl(maxAge: 0)
    inheritedType: Inherited @cacheControl(maxAge: 40)
    item: Item @cacheControl(maxAge: 70)
    any: Any @cacheControl(maxAge: 80)
    books: [Book!]! @cacheControl(maxAge: 90)
  }
  type Mutation { change: Int @cacheControl(maxAge: 60) }
  type Book {
    title: String
    price: Int @cacheControl(maxAge: 5)
    mine: Boolean @cacheControl(scope: PRIVATE)
    author: Author
    inherits: Author @cacheControl(inheritMaxAge: true)
    privateInherits: Author @cacheControl(inheritMaxAge: true, scope: PRIVATE)
    both: Author @cacheControl(maxAge: 3, inheritMaxAge: true)
    hinted: Hinted @cacheControl(inheritMaxAge: true, scope: PRIVATE)
    public: Secret @cacheControl(scope: PUBLIC)
  }
  type Author { name: String }
  type Hinted @cacheControl(maxAge: 30) { name: String next: Hinted }
  type Secret @cacheControl(maxAge: 20, scope: PRIVATE) { name: String }
  type Inherited @cacheControl(inheritMaxAge: true) { name: String author: Author }
  interface Item { name: String cost: Int }
  type Pen implements Item { name: String cost: Int @cacheControl(maxAge: 4) ink: String }
  union Any = Book | Hinted
`;

const author = { name: 'A' };
const hinted = { name: 'H', next: { name: 'N' } };
const book = {
  title: 'T',
  price: 1,
  mine: true,
  author,
  inherits: author,
  privateInherits: author,
  both: author,
  hinted,
  public: { name: 'S' },
};

const resolvers = {
  Query: {
    plain: () => 1,
    scalar: () => 1,
    secret: () => 1,
    scopeOnly: () => 1,
    rootInherit: () => 1,
    book: () => book,
    hinted: () => hinted,
    shorter: () => hinted,
    longer: () => hinted,
    zero: () => hinted,
    inheritedType: () => ({ name: 'I', author }),
    item: () => ({ __typename: 'Pen', name: 'P', cost: 1, ink: 'blue' }),
    any: () => ({ __typename: 'Book', ...book }),
    books: () => [book],
  },
  Mutation: { change: () => 1 },
};

const queries = [
  '{ plain }',
  '{ scalar }',
  '{ secret }',
  '{ scopeOnly }',
  '{ rootInherit }',
  '{ scalar secret }',
  '{ scalar plain }',
  '{ __typename }',
  '{ __typename scalar }',
  '{ book { title } }',
  '{ book { price } }',
  '{ book { mine } }',
  '{ book { author { name } } }',
  '{ book { inherits { name } } }',
  '{ book { privateInherits { name } } }',
  '{ book { both { name } } }',
  '{ book { hinted { name } } }',
  '{ book { public { name } } }',
  '{ hinted { name } }',
  '{ hinted { next { name } } }',
  '{ shorter { name } }',
  '{ longer { name } }',
  '{ longer { next { name } } }',
  '{ zero { name } }',
  '{ inheritedType { name } }',
  '{ inheritedType { author { name } } }',
  '{ item { name } }',
  '{ item { cost } }',
  '{ item { ... on Pen { ink } } }',
  '{ item { ... on Pen { cost } } }',
  '{ any { ... on Book { title } } }',
  '{ any { ... on Book { price } } }',
  '{ books { title price } }',
  'query { ...Fields } fragment Fields on Query { book { ...Price } } fragment Price on Book { price }',
  '{ scalar plain @skip(if: true) }',
  '{ scalar plain @include(if: false) }',
  '{ scalar plain @include(if: true) }',
  'query ($yes: Boolean = true) { scalar plain @skip(if: $yes) }',
  'query ($no: Boolean = false) { scalar plain @skip(if: $no) }',
  'query ($no: Boolean = false) { scalar book @include(if: $no) { price } }',
  'query ($no: Boolean = false) { scalar plain shorter @include(if: $no) { name } }',
];

let server: ApolloServer;
let graph: Graph;

beforeAll(async () => {
  const typeDefs = parse(sdl);
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  await server.start();
  const { supergraphSdl, errors } = composeServices([{ name: 'books', url: 'http://books', typeDefs }]);
  if (errors) throw new Error(errors.map(String).join('\n'));
  graph = createGraph(createInProcessPlanner(supergraphSdl), {
    fetch: async (_, { body }) => {
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      const { data } = await graphql({ schema, source: query, variableValues: variables });
      return { data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> };
    },
  });
});

afterAll(() => server.stop());

describe('the policy of an operation', () => {
  test.each(queries)('is that of Apollo Server: %s', async (query) => {
    expect(await ourPolicy(query)).toBe(await apolloPolicy(query));
  });

  test('is at most that of the least cacheable type that may be returned', async () => {
    expect(await ourPolicy('{ any { ... on Book { title } ... on Hinted { next { name } } } }')).toBe(
      'max-age=30, public',
    );
  });

  test('is not cacheable for a mutation', async () => {
    expect(await ourPolicy('mutation { change }')).toBe('no-store');
  });

  test('is not cacheable with introspection', async () => {
    expect(await ourPolicy('{ scalar __schema { queryType { name } } }')).toBe('no-store');
  });
});

async function apolloPolicy(query: string): Promise<string | undefined> {
  const { headers } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: new HeaderMap([['content-type', 'application/json']]),
      search: '',
      body: { query },
    },
    context: async () => ({}),
  });
  return headers.get('cache-control');
}

async function ourPolicy(query: string): Promise<string> {
  const prepared = await graph.prepare(parse(query), undefined);
  const { cachePolicy, errors } = await graph.execute(prepared, {
    variables: {},
    context: { caller: { kind: 'guest' } },
  });
  expect(errors).toBeUndefined();
  return cachePolicy ? `max-age=${cachePolicy.maxAge}, ${cachePolicy.scope.toLowerCase()}` : 'no-store';
}

describe('headers of a response', () => {
  test.each<[header: string, age: number, hint: CacheHint]>([
    ['max-age=60, public', 0, { maxAge: 60 }],
    ['max-age=60, private', 0, { maxAge: 60, scope: 'PRIVATE' }],
    ['Public, Max-Age="60"', 0, { maxAge: 60 }],
    ['max-age=60', 20, { maxAge: 40 }],
    ['max-age=60', 80, { maxAge: 0 }],
    ['max-age=60', NaN, { maxAge: 60 }],
    ['max-age=60', -5, { maxAge: 60 }],
    ['max-age=60, s-maxage=5', 0, { maxAge: 5 }],
    ['max-age=5, s-maxage=60', 0, { maxAge: 5 }],
    ['no-store', 0, { maxAge: 0 }],
    ['max-age=60, no-cache', 0, { maxAge: 0 }],
    ['max-age=abc', 0, { maxAge: 0 }],
    ['private', 0, { scope: 'PRIVATE' }],
    ['private="set-cookie", max-age=1', 0, { maxAge: 1, scope: 'PRIVATE' }],
    ['public', 0, {}],
    ['', 0, {}],
  ])('%j with the age %d are read', (header, age, hint) => {
    expect(hintOfHeaders(header, age)).toEqual(hint);
  });

  test('only restrict a policy', () => {
    const policy = { maxAge: 60, scope: 'PUBLIC' } as const;
    expect(restrictPolicy(policy, { maxAge: 90 })).toBe(policy);
    expect(restrictPolicy(policy, { scope: 'PUBLIC' })).toBe(policy);
    expect(restrictPolicy(policy, { maxAge: 30 })).toEqual({ maxAge: 30, scope: 'PUBLIC' });
    expect(restrictPolicy(policy, { scope: 'PRIVATE' })).toEqual({ maxAge: 60, scope: 'PRIVATE' });
    expect(restrictPolicy({ maxAge: 60, scope: 'PRIVATE' }, { scope: 'PUBLIC', maxAge: 5 })).toEqual({
      maxAge: 5,
      scope: 'PRIVATE',
    });
    expect(restrictPolicy(policy, { maxAge: 0 })).toBeUndefined();
  });
});

describe('the headers for caches', () => {
  test('are private where every caller needs a token', () => {
    const { cacheable } = createCacheHeaders({ DEV_IDENTITY: false, isPrivate: true });
    expect([...cacheable({ maxAge: 60, scope: 'PUBLIC' })]).toEqual([
      ['cache-control', 'max-age=60, private'],
      ['vary', 'origin, accept, authorization'],
    ]);
  });
});
