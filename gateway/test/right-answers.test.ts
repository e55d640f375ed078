import { describe, expect, test } from '@jest/globals';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const animals = [
  { __typename: 'Dog', id: '1', name: 'Rex' },
  { __typename: 'Cat', id: '2', name: 'Tom' },
];

describe('a fragment on an abstract type that the object belongs to', () => {
  const graph = openInMemoryGraph({
    zoo: {
      sdl: `
        type Query { dogs: [Dog!]! animals: [Animal!]! }
        interface Animal { id: ID! name: String! }
        union Pet = Dog | Cat
        type Dog implements Animal @key(fields: "id") { id: ID! name: String! }
        type Cat implements Animal @key(fields: "id") { id: ID! name: String! }`,
      resolvers: {
        Query: { dogs: () => [animals[0]], animals: () => animals },
        Animal: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      },
    },
  });

  test.each([
    ['a union', '{ dogs { ... on Pet { ... on Dog { id name } } } }', { dogs: [{ id: '1', name: 'Rex' }] }],
    ['an interface', '{ dogs { ... on Animal { ... on Dog { id } name } } }', { dogs: [{ id: '1', name: 'Rex' }] }],
    [
      'a named fragment on a union',
      '{ dogs { ...Card } } fragment Card on Pet { __typename ... on Dog { id } ... on Cat { name } }',
      { dogs: [{ __typename: 'Dog', id: '1' }] },
    ],
    [
      'a union below an interface',
      '{ animals { ... on Pet { ... on Animal { ... on Cat { name } } ... on Dog { id } } } }',
      { animals: [{ id: '1' }, { name: 'Tom' }] },
    ],
  ])('keeps its fields: %s', async (_, query, data) => {
    expect(await graph.execute(query)).toEqual({ data });
  });
});

describe('one response name under exclusive types', () => {
  const graph = openInMemoryGraph({
    items: {
      sdl: `
        type Query { items: [Item!]! item: Item node: Node }
        interface Node { id: ID! }
        union Item = Book | Film
        type Book implements Node @key(fields: "id") { id: ID! author: Person! shelf: Shelf! }
        type Film implements Node @key(fields: "id") { id: ID! director: Person! }
        type Shelf { owner: Person! }
        type Person @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          items: () => [
            { __typename: 'Book', id: 'b', author: { id: '1' }, shelf: { owner: { id: '3' } } },
            { __typename: 'Film', id: 'f', director: { id: '2' } },
          ],
        },
      },
    },
    people: {
      sdl: `type Person @key(fields: "id") { id: ID! name: String! nick(short: Boolean): String! }`,
      resolvers: {
        Person: {
          __resolveReference: ({ id }: { id: string }) => ({ id, name: `Person ${id}` }),
          nick: ({ id }: { id: string }, { short }: { short?: boolean }) => (short ? id : `nick ${id}`),
        },
      },
    },
  });

  test.each([
    [
      'of different fields',
      '{ items { ... on Book { who: author { x: name } } ... on Film { who: director { x: nick } } } }',
      { items: [{ who: { x: 'Person 1' } }, { who: { x: 'nick 2' } }] },
    ],
    [
      'of one field with different arguments',
      '{ items { ... on Book { who: author { nick } } ... on Film { who: director { nick(short: true) } } } }',
      { items: [{ who: { nick: 'nick 1' } }, { who: { nick: '2' } }] },
    ],
    [
      'at different depths',
      '{ items { ... on Book { a: shelf { owner { x: name } } } ... on Film { a: director { x: nick } } } }',
      { items: [{ a: { owner: { x: 'Person 3' } } }, { a: { x: 'nick 2' } }] },
    ],
  ])('has the data of its own type: %s', async (_, query, data) => {
    expect(await graph.execute(query)).toEqual({ data });
  });
});

describe('an operation in which everything is conditional', () => {
  const removed: string[] = [];
  const graph = openInMemoryGraph({
    posts: {
      sdl: `
        type Query { post: Post }
        type Mutation { remove(id: ID!): Post }
        type Post @key(fields: "id") { id: ID! title: String! }`,
      resolvers: {
        Query: { post: () => ({ id: '1', title: 'One' }) },
        Mutation: { remove: (_: unknown, { id }: { id: string }) => (removed.push(id), { id, title: 'One' }) },
      },
    },
    votes: {
      sdl: `type Post @key(fields: "id") { id: ID! votes: Int! }`,
      resolvers: { Post: { __resolveReference: ({ id }: { id: string }) => ({ id, votes: 3 }) } },
    },
  });

  test('runs a mutation whose result is skipped', async () => {
    const query = 'mutation($w: Boolean!) { remove(id: "1") @include(if: $w) { title @skip(if: $w) } }';
    expect(await graph.execute(query, { w: true })).toEqual({ data: { remove: {} } });
    expect(removed).toEqual(['1']);
    expect(await graph.execute(query, { w: false })).toEqual({ data: {} });
    expect(removed).toEqual(['1']);
  });

  test.each([
    ['{ post { title @skip(if: $w) } }', true, { post: {} }],
    ['{ post { title @skip(if: $w) } }', false, { post: { title: 'One' } }],
    ['{ post @include(if: $w) { title @skip(if: $w) } }', true, { post: {} }],
    ['{ post { ... @include(if: $w) { title @skip(if: $w) } } }', true, { post: {} }],
    ['{ post { votes @skip(if: $w) } }', true, { post: {} }],
    ['{ post { ... on Post @skip(if: $w) { title votes } } }', true, { post: {} }],
  ])('answers %s with $w = %s', async (selection, w, data) => {
    expect(await graph.execute(`query($w: Boolean!) ${selection}`, { w })).toEqual({ data });
  });
});

describe('an object that an interface object stands for', () => {
  const graph = openInMemoryGraph({
    products: {
      sdl: `
        type Query { allProducts: [Product!]! }
        interface Product @key(fields: "id") { id: ID! }
        type Book implements Product @key(fields: "id") { id: ID! pages: Int! }
        type Lamp implements Product @key(fields: "id") { id: ID! watts: Int! }`,
      resolvers: {
        Query: {
          allProducts: () => [
            { __typename: 'Book', id: 'b', pages: 5 },
            { __typename: 'Lamp', id: 'l', watts: 7 },
          ],
        },
        Product: {
          __resolveReference: ({ id }: { id: string }) =>
            id === 'b' ? { __typename: 'Book', id, pages: 5 } : { __typename: 'Lamp', id, watts: 7 },
        },
      },
    },
    reviews: {
      sdl: `
        type Query { reviewed: [Product!]! }
        type Product @key(fields: "id") @interfaceObject { id: ID! reviews: Int! }`,
      resolvers: {
        Query: {
          reviewed: () => [
            { id: 'b', reviews: 1 },
            { id: 'l', reviews: 1 },
          ],
        },
        Product: { __resolveReference: ({ id }: { id: string }) => ({ id, reviews: 1 }) },
      },
    },
  });

  test.each([
    [
      '{ allProducts { ... on Book { __typename reviews } } }',
      { allProducts: [{ __typename: 'Book', reviews: 1 }, {}] },
    ],
    [
      '{ allProducts { __typename ... on Book { reviews } } }',
      { allProducts: [{ __typename: 'Book', reviews: 1 }, { __typename: 'Lamp' }] },
    ],
    [
      '{ reviewed { __typename reviews } }',
      {
        reviewed: [
          { __typename: 'Book', reviews: 1 },
          { __typename: 'Lamp', reviews: 1 },
        ],
      },
    ],
    [
      '{ reviewed { ... on Book { __typename reviews pages } } }',
      { reviewed: [{ __typename: 'Book', reviews: 1, pages: 5 }, {}] },
    ],
    [
      '{ reviewed { id __typename ... on Lamp { watts } } }',
      {
        reviewed: [
          { id: 'b', __typename: 'Book' },
          { id: 'l', __typename: 'Lamp', watts: 7 },
        ],
      },
    ],
    [
      '{ allProducts { kind: __typename ... on Product { reviews } } }',
      {
        allProducts: [
          { kind: 'Book', reviews: 1 },
          { kind: 'Lamp', reviews: 1 },
        ],
      },
    ],
  ])('has its own type and fields: %s', async (query, data) => {
    expect(await graph.execute(query)).toEqual({ data });
  });
});

test('a field with a context has its value beside a field whose context is not fetched', async () => {
  const graph = openInMemoryGraph({
    clubs: {
      sdl: `
        type Query { club: Club! }
        type Club @key(fields: "id") @context(name: "club") {
          id: ID!
          currency: String! @external
          size: Int!
          member: Member!
        }
        type Member @key(fields: "id") {
          id: ID!
          fee(currency: String @fromContext(field: "$club { currency }")): String
          place(size: Int @fromContext(field: "$club { size }")): String
        }`,
      resolvers: {
        Query: { club: () => ({ id: 'a', size: 9, member: { id: '1' } }) },
        Member: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          fee: ({ id }: { id: string }, { currency }: { currency: string }) => `fee ${id} ${currency}`,
          place: ({ id }: { id: string }, { size }: { size: number }) => `place ${id} of ${size}`,
        },
      },
    },
    settings: {
      sdl: 'type Club @key(fields: "id") { id: ID! currency: String! }',
      resolvers: { Club: { __resolveReference: ({ id }: { id: string }) => ({ id, currency: 'EUR' }) } },
    },
  });
  const [fee, place] = ['fee 1 EUR', 'place 1 of 9'];
  for (const [fields, skip, member] of [
    ['fee @skip(if: $skip) place', true, { place }],
    ['fee @skip(if: $skip) place', false, { fee, place }],
    ['fee @skip(if: true) place', true, { place }],
    ['fee @include(if: $skip) ... on Member { place }', false, { place }],
    ['... @skip(if: $skip) { fee } place', true, { place }],
    ['fee place @skip(if: $skip)', true, { fee }],
  ] as const)
    expect(await graph.execute(`query($skip: Boolean!) { club { member { ${fields} } } }`, { skip })).toEqual({
      data: { club: { member } },
    });
});

describe('a key that a subgraph cannot resolve', () => {
  const subgraph = (directives: string) => ({
    sdl: `
      type Query { product: Product }
      type Product ${directives} { id: ID! upc: ID! name: String! }`,
    resolvers: {
      Query: { product: () => ({ id: '1', upc: 'u1', name: 'One' }) },
      Product: { __resolveReference: ({ upc }: { upc: string }) => (upc ? { id: '1', upc, name: 'One' } : null) },
    },
  });
  const offers = {
    sdl: `
      type Query { offered: Product }
      type Product @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! offers: Int! }`,
    resolvers: {
      Query: { offered: () => ({ id: '1', upc: 'u1', offers: 2 }) },
      Product: { __resolveReference: ({ id, upc }: { id: string; upc: string }) => ({ id, upc, offers: 2 }) },
    },
  };

  test.each([
    ['first', '@key(fields: "id", resolvable: false) @key(fields: "upc")'],
    ['last', '@key(fields: "upc") @key(fields: "id", resolvable: false)'],
  ])('is not used to fetch from it: %s', async (_, directives) => {
    const graph = openInMemoryGraph({ products: subgraph(directives), offers });
    expect(await graph.execute('{ offered { name offers } }')).toEqual({
      data: { offered: { name: 'One', offers: 2 } },
    });
  });
});

describe('fields that require one field with different arguments', () => {
  const prices = { USD: 10, EUR: 20 };
  const graph = openInMemoryGraph({
    goods: {
      sdl: `
        type Query { goods: [Good!]! }
        enum Currency { USD EUR }
        type Good @key(fields: "id") { id: ID! price(in: Currency!): Int weight: Int box: Box }
        type Box @shareable { size(in: String): Int }`,
      resolvers: {
        Query: { goods: () => [{ id: '1' }, { id: '2' }] },
        Good: {
          price: ({ id }: { id: string }, args: { in: 'USD' | 'EUR' }) => prices[args.in] * Number(id),
          weight: () => 3,
          box: () => ({}),
        },
        Box: { size: (_: unknown, args: { in: string }) => args.in.length },
      },
    },
    shipping: {
      sdl: `
        enum Currency { USD EUR }
        type Good @key(fields: "id") {
          id: ID!
          price(in: Currency!): Int @external
          weight: Int @external
          box: Box @external
          inDollars(plus: Int = 0): Int @requires(fields: "price(in: USD) weight")
          inEuros: Int @requires(fields: "price(in: EUR) weight")
          small: Int @requires(fields: "box { size(in: \\"m\\") }")
          large: Int @requires(fields: "box { size(in: \\"inches\\") }")
          free: Boolean
        }
        type Box @shareable { size(in: String): Int }`,
      resolvers: {
        Good: {
          __resolveReference: (good: object) => good,
          inDollars: ({ price, weight }: { price: number; weight: number }, { plus }: { plus: number }) =>
            price * weight + plus,
          inEuros: ({ price, weight }: { price: number; weight: number }) => price * weight,
          small: ({ box }: { box: { size: number } }) => box.size,
          large: ({ box }: { box: { size: number } }) => box.size,
          free: () => true,
        },
      },
    },
  });

  test.each([
    [
      '{ goods { inDollars inEuros } }',
      [
        { inDollars: 30, inEuros: 60 },
        { inDollars: 60, inEuros: 120 },
      ],
    ],
    ['{ goods { inEuros } }', [{ inEuros: 60 }, { inEuros: 120 }]],
    [
      '{ goods { inDollars(plus: $plus) price(in: EUR) free inEuros id } }',
      [
        { inDollars: 31, price: 20, free: true, inEuros: 60, id: '1' },
        { inDollars: 61, price: 40, free: true, inEuros: 120, id: '2' },
      ],
    ],
    [
      '{ goods { small large inEuros box { size(in: "cm") } } }',
      [
        { small: 1, large: 6, inEuros: 60, box: { size: 2 } },
        { small: 1, large: 6, inEuros: 120, box: { size: 2 } },
      ],
    ],
  ])('get each the value that they require: %s', async (query, goods) => {
    const declared = query.includes('$plus') ? `query($plus: Int) ${query}` : query;
    expect(await graph.execute(declared, { plus: 1 })).toEqual({ data: { goods } });
  });
});

test('keys that a subgraph cannot resolve are not used to come back to it', async () => {
  const graph = openInMemoryGraph({
    names: {
      sdl: `
        type A @key(fields: "id") @key(fields: "code", resolvable: false) { id: ID! code: ID! name: String! }`,
      resolvers: {
        A: { __resolveReference: ({ id }: { id: string }) => (id ? { id, code: 'c', name: `name ${id}` } : null) },
      },
    },
    labels: {
      sdl: `
        type Query { a: A }
        type A @key(fields: "code", resolvable: false) @key(fields: "id") {
          id: ID! code: ID! name: String! @external label: String! @requires(fields: "name")
        }`,
      resolvers: {
        Query: { a: () => ({ id: '1', code: 'c' }) },
        A: {
          __resolveReference: (a: { id?: string }) => (a.id ? a : null),
          label: ({ name }: { name: string }) => `label of ${name}`,
        },
      },
    },
  });
  expect(await graph.execute('{ a { label } }')).toEqual({ data: { a: { label: 'label of name 1' } } });
});
