import { beforeEach, describe, expect, test } from '@jest/globals';
import { type FieldNode, visit } from 'graphql';
import type { Denial } from '../src/engine/operation-context.js';
import { openInMemoryGraph, type InMemoryGraph } from './fixtures/in-memory-graph.js';

interface Show {
  slug: string;
}

const graph: InMemoryGraph = openInMemoryGraph({
  shows: {
    sdl: `
      type Query { shows: [Show!]! }
      type Subscription { showChanged: Show! }
      interface Titled { title: String! }
      type Show implements Titled @key(fields: "slug") {
        slug: ID! title: String! episodes: Int! price(currency: String): String! missing: String addedBy: User! named: Titled!
      }
      type User @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: { shows: () => [{ slug: 'one' }, { slug: 'two' }] },
      Titled: { __resolveType: () => 'Show' },
      Show: {
        __resolveReference: (show: Show) => show,
        title: ({ slug }: Show) => `Show ${slug}`,
        episodes: ({ slug }: Show) => slug.length,
        price: (_: Show, { currency = 'of ours' }: { currency?: string }) => `3 ${currency}`,
        missing: ({ slug }: Show) => {
          throw new Error(`Nothing of ${slug}.`);
        },
        addedBy: ({ slug }: Show) => ({ id: `by-${slug}` }),
        named: ({ slug }: Show) => ({ slug }),
      },
    },
  },
  jobs: {
    sdl: `
      type Show @key(fields: "slug") {
        slug: ID! episodes: Int! @external openJobs: String! pay: String! @requires(fields: "episodes")
        price(currency: String): String! @external fee: String! @requires(fields: "price(currency: \\"USD\\")")
      }`,
    resolvers: {
      Show: {
        __resolveReference: (show: Show) => show,
        openJobs: ({ slug }: Show) => `jobs of ${slug}`,
        pay: ({ episodes }: { episodes: number }) => `paid for ${episodes}`,
        fee: ({ price }: { price: string }) => `fee of ${price}`,
      },
    },
  },
  users: {
    sdl: `type User @key(fields: "id") { id: ID! handle: String! }`,
    resolvers: {
      User: { __resolveReference: (user: object) => user, handle: ({ id }: { id: string }) => `@${id}` },
    },
  },
});

beforeEach(() => {
  graph.sent.length = 0;
  graph.respondWith = () => undefined;
});

const [one] = [{ openJobs: 'jobs of one' }];

describe('a client may alias a field', () => {
  test.each([
    [
      'to the name of a key, before a field that needs the key',
      '{ slug: title openJobs }',
      { slug: 'Show one', ...one },
    ],
    [
      'to the name of a key, after a field that needs the key',
      '{ openJobs slug: title }',
      { ...one, slug: 'Show one' },
    ],
    [
      'to the name of a key, and the key to the name of that field',
      '{ slug: title title: slug openJobs }',
      { slug: 'Show one', title: 'one', ...one },
    ],
    ['to the name of a key of a nested entity', '{ addedBy { id: handle } }', { addedBy: { id: '@by-one' } }],
    [
      'to the name of a field that another one requires',
      '{ episodes: title pay }',
      { episodes: 'Show one', pay: 'paid for 3' },
    ],
    [
      'to the name of a key, if it has selections',
      '{ slug: addedBy { handle } openJobs }',
      { slug: { handle: '@by-one' }, ...one },
    ],
    ['to __typename', '{ __typename: title openJobs }', { __typename: 'Show one', ...one }],
    ['__typename to the name of a key', '{ slug: __typename openJobs }', { slug: 'Show', ...one }],
    [
      'to the name of a key several times',
      '{ slug: title ... on Show { slug: title } openJobs }',
      { slug: 'Show one', ...one },
    ],
    [
      'to the name of a key on an interface',
      '{ named { slug: title ... on Show { openJobs } } }',
      { named: { slug: 'Show one', ...one } },
    ],
    [
      'to the alias that the engine would use',
      '{ slug: title as_slug_title: missing openJobs }',
      { slug: 'Show one', as_slug_title: null, ...one },
    ],
  ])('%s', async (_, selection, expected) => {
    const { data } = await graph.execute(`{ shows ${selection} }`);
    expect((data?.['shows'] as unknown[])[0]).toEqual(expected);
  });

  test.each([
    ['', 'price(currency: "EUR") fee', { price: '3 EUR', fee: 'fee of 3 USD' }],
    [', after it', 'fee price(currency: "EUR")', { fee: 'fee of 3 USD', price: '3 EUR' }],
    [
      ', and with both',
      'price: price(currency: "EUR") usd: price(currency: "USD") fee',
      { price: '3 EUR', usd: '3 USD', fee: 'fee of 3 USD' },
    ],
    [', twice', 'price(currency: "EUR") price: price(currency: "EUR") fee', { price: '3 EUR', fee: 'fee of 3 USD' }],
    [', without arguments', 'price fee', { price: '3 of ours', fee: 'fee of 3 USD' }],
    [', from a variable', 'price(currency: $currency) fee', { price: '3 EUR', fee: 'fee of 3 USD' }],
  ])('and select it with other arguments than another field requires%s', async (_, selection, expected) => {
    const variables = selection.includes('$') ? '($currency: String!)' : '';
    const { data, errors } = await graph.execute(`query ${variables} { shows { ${selection} } }`, { currency: 'EUR' });
    expect(errors).toBeUndefined();
    expect((data?.['shows'] as unknown[])[0]).toEqual(expected);
  });

  test('to the name of a key at the root', async () => {
    const { data } = await graph.execute('{ slug: shows { openJobs } }');
    expect(data).toEqual({ slug: [one, { openJobs: 'jobs of two' }] });
    expect(graph.sent[0]?.query).toContain('slug:shows');
  });

  test('to the name of a key in an event', async () => {
    const event = { data: { showChanged: { __typename: 'Show', slug: 'one', as_slug_title: 'Changed' } } };
    const [result] = await graph.completeEvents('subscription { showChanged { slug: title openJobs } }', [event]);
    expect(result?.data).toEqual({ showChanged: { slug: 'Changed', ...one } });
  });
});

describe("an error has the path in the client's names", () => {
  test('for a field with the name of a key', async () => {
    const { data, errors } = await graph.execute('{ shows { slug: missing openJobs } }');
    expect(errors?.map(({ message, path }) => ({ message, path }))).toEqual([
      { message: 'Nothing of one.', path: ['shows', 0, 'slug'] },
      { message: 'Nothing of two.', path: ['shows', 1, 'slug'] },
    ]);
    expect(errors?.[0]?.extensions).toMatchObject({ serviceName: 'shows' });
    expect((data?.['shows'] as unknown[])[0]).toEqual({ slug: null, ...one });
  });

  test('of the object for a key whose name the client gives to another field', async () => {
    const failed = { message: 'There is no slug.', path: ['shows', 0, 'slug'] };
    const data = { shows: [{ __typename: 'Show', slug: null, as_slug_title: 'Show one' }] };
    graph.respondWith = (subgraph) => (subgraph === 'shows' ? Promise.resolve({ data, errors: [failed] }) : undefined);
    const pathsOf = async (query: string) => (await graph.execute(query)).errors?.map(({ path }) => path);
    expect(await pathsOf('{ shows { ...Named openJobs } } fragment Named on Show { slug: title }')).toEqual([
      ['shows', 0],
    ]);
    expect(await pathsOf('{ shows { slug episodes: title pay } }')).toEqual([['shows', 0, 'slug']]);
  });

  test('for a value that contradicts the schema', async () => {
    graph.respondWith = (subgraph) =>
      subgraph === 'shows'
        ? Promise.resolve({ data: { shows: [{ __typename: 'Show', slug: 'one', as_slug_title: null }] } })
        : undefined;
    const { errors } = await graph.execute('{ shows { slug: title openJobs } }');
    expect(errors?.map(({ message, path }) => ({ message, path }))).toEqual([
      { message: 'Cannot return null for non-nullable field Show.slug.', path: ['shows', 0, 'slug'] },
    ]);
  });

  test('for a field that is denied', async () => {
    const denial: Denial = { code: 'FORBIDDEN', message: 'It needs more.', requires: [] };
    const denied = (document: Parameters<typeof visit>[0]) => {
      const fields = new Map<FieldNode, Denial>();
      visit(document, { Field: (node) => void (node.name.value === 'missing' && fields.set(node, denial)) });
      return fields;
    };
    const { data, errors } = await graph.execute('{ shows { slug: missing episodes: title pay } }', {}, { denied });
    expect(errors?.map(({ path }) => path)).toEqual([0, 1].map((index) => ['shows', index, 'slug']));
    expect((data?.['shows'] as unknown[])[0]).toEqual({ slug: null, episodes: 'Show one', pay: 'paid for 3' });
    expect(graph.sent.map(({ query }) => query).join()).not.toContain('missing');
  });
});

test('leaves a document without such aliases unchanged', async () => {
  await graph.execute('{ shows { name: title openJobs } }');
  expect(graph.sent[0]?.query).toContain('name:title');
});
