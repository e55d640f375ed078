import type { Topic, TopicCase, TopicSubgraph } from '../topic.js';

const users: TopicSubgraph = {
  sdl: `
    type Query { userById(id: ID): User }
    type User @key(fields: "id") { id: ID! name: String! nickname: String }`,
  query: { userById: ({ id }: { id: string }) => ({ id, name: `Name ${id}`, nickname: `Nick ${id}` }) },
  entities: { User: ['1', '2'].map((id) => ({ id, name: `Name ${id}`, nickname: `Nick ${id}` })) },
};
const sharedUsers = { ...users, sdl: users.sdl.replace('name: String!', 'name: String! @shareable') };

/** A subgraph that extends a type of another one, and resolves its external name only in `providedWinner`. */
function extension(definition: string): TopicSubgraph {
  return {
    sdl: `
      type Query { winner: User providedWinner: User @provides(fields: "name") }
      ${definition} { id: ID! @external name: String! @external prize: ID }`,
    query: { winner: { id: '1', prize: 'p1' }, providedWinner: { id: '1', prize: 'p1', name: 'Name 1' } },
    entities: { User: [{ id: '1', prize: 'p1' }] },
  };
}

const cases: readonly TopicCase[] = [
  {
    query: '{ winner { id name } userById(id: "2") { id name nickname } }',
    data: { winner: { id: '1', name: 'Name 1' }, userById: { id: '2', name: 'Name 2', nickname: 'Nick 2' } },
  },
  { query: '{ winner { id prize } }', data: { winner: { id: '1', prize: 'p1' } } },
  { query: '{ winner { id prize name } }', data: { winner: { id: '1', prize: 'p1', name: 'Name 1' } } },
  { query: '{ providedWinner { id prize name } }', data: { providedWinner: { id: '1', prize: 'p1', name: 'Name 1' } } },
];

const extendingType = 'type User @key(fields: "id") @extends';
const extendType = 'extend type User @key(fields: "id")';

export const externalFieldTopics: readonly Topic[] = [
  {
    title: 'Federation 1: external fields of a type with @extends',
    subgraphs: { a: { ...extension(extendingType), version: 1 }, b: { ...users, version: 1 } },
    cases,
  },
  {
    title: 'Federation 1: external fields of an extension',
    subgraphs: { a: { ...extension(extendType), version: 1 }, b: { ...users, version: 1 } },
    cases,
  },
  {
    title: 'Federation 2: external fields of a type with @extends',
    subgraphs: { a: extension(extendingType), b: sharedUsers },
    cases,
  },
  {
    title: 'Federation 2: external fields of an extension',
    subgraphs: { a: extension(extendType), b: sharedUsers },
    cases,
  },
  {
    title: 'Federation 1: an extension with keys that another subgraph resolves',
    subgraphs: {
      shelves: {
        version: 1,
        sdl: `type Query { tool: Tool } type Tool @key(fields: "id") { id: ID name: String shelf: ID }`,
        query: { tool: { id: 't1', name: 'Saw', shelf: 's1' } },
        entities: { Tool: [{ id: 't1', name: 'Saw', shelf: 's1' }] },
      },
      prices: {
        version: 1,
        sdl: `
          type Query { bargain: Tool }
          extend type Tool @key(fields: "id name") @key(fields: "code") {
            id: ID @external name: String @external code: String @external price: Float!
          }`,
        query: { bargain: { id: 't1', name: 'Saw', code: 'c1', price: 9.5 } },
        entities: { Tool: [{ id: 't1', name: 'Saw', code: 'c1', price: 9.5 }] },
      },
    },
    cases: [
      {
        query: '{ tool { id shelf price code name } }',
        data: { tool: { id: 't1', shelf: 's1', price: 9.5, code: 'c1', name: 'Saw' } },
      },
      { query: '{ tool { price } }', data: { tool: { price: 9.5 } } },
    ],
  },
  {
    title: 'an external key of an extension beside a plain type',
    subgraphs: {
      prices: {
        sdl: `
          extend type Tool @key(fields: "id") { id: ID! @external price: Float }
          type Query { cheapest: Tool }`,
        query: { cheapest: { id: 't2', price: 3 } },
        entities: {
          Tool: [
            { id: 't1', price: 5 },
            { id: 't2', price: 3 },
          ],
        },
      },
      tools: {
        sdl: `type Tool @key(fields: "id") { id: ID! name: String! } type Query { tools: [Tool!]! }`,
        query: {
          tools: [
            { id: 't1', name: 'Saw' },
            { id: 't2', name: 'File' },
          ],
        },
        entities: {
          Tool: [
            { id: 't1', name: 'Saw' },
            { id: 't2', name: 'File' },
          ],
        },
      },
    },
    cases: [
      { query: '{ cheapest { id price name } }', data: { cheapest: { id: 't2', price: 3, name: 'File' } } },
      {
        query: '{ tools { name price } }',
        data: {
          tools: [
            { name: 'Saw', price: 5 },
            { name: 'File', price: 3 },
          ],
        },
      },
    ],
  },
  {
    title: 'required and provided fields together',
    subgraphs: {
      people: {
        sdl: `type Query { me: Person } type Person @key(fields: "id") { id: ID! name: String handle: String @shareable }`,
        query: { me: { id: 'u1', name: 'Ana', handle: 'ana' } },
        entities: { Person: [{ id: 'u1', name: 'Ana', handle: 'ana' }] },
      },
      goods: {
        sdl: `
          type Query { goods: [Good] }
          type Good @key(fields: "code") { code: String! name: String price: Int weight: Int }`,
        query: {
          goods: [
            { code: 'g1', name: 'Lamp', price: 10, weight: 3 },
            { code: 'g2', name: 'Desk', price: 20, weight: 5 },
          ],
        },
        entities: {
          Good: [
            { code: 'g1', name: 'Lamp', price: 10, weight: 3 },
            { code: 'g2', name: 'Desk', price: 20, weight: 5 },
          ],
        },
      },
      stock: {
        sdl: `
          type Good @key(fields: "code") {
            code: String! weight: Int @external price: Int @external inStock: Boolean
            freight: Int @requires(fields: "price weight") freightLabel: String @requires(fields: "price weight")
          }`,
        entities: {
          Good: ['g1', 'g2'].map((code) => ({
            code,
            inStock: true,
            freight: function (this: { price: number; weight: number }) {
              return this.price * this.weight;
            },
            freightLabel: function (this: { price: number; weight: number }) {
              return `${this.price}x${this.weight}`;
            },
          })),
        },
      },
      notes: {
        sdl: `
          type Note @key(fields: "id") { id: ID! body: String author: Person @provides(fields: "handle") good: Good }
          type Person @key(fields: "id") { id: ID! handle: String @external notes: [Note] }
          type Good @key(fields: "code") { code: String! notes: [Note] }`,
        entities: {
          Person: [
            {
              id: 'u1',
              notes: [{ id: 'n1', body: 'Fine', author: { id: 'u1', handle: 'ana' }, good: { code: 'g1' } }],
            },
          ],
          Good: [
            {
              code: 'g1',
              notes: [{ id: 'n1', body: 'Fine', author: { id: 'u1', handle: 'ana' }, good: { code: 'g1' } }],
            },
            { code: 'g2', notes: [] },
          ],
        },
      },
    },
    cases: [
      {
        query: '{ me { notes { id author { id handle } good { inStock } } } }',
        data: { me: { notes: [{ id: 'n1', author: { id: 'u1', handle: 'ana' }, good: { inStock: true } }] } },
      },
      { query: '{ goods { freight } }', data: { goods: [{ freight: 30 }, { freight: 100 }] } },
      {
        query: '{ goods { name price freight freightLabel notes { author { name good: id } } } }',
        data: {
          goods: [
            {
              name: 'Lamp',
              price: 10,
              freight: 30,
              freightLabel: '10x3',
              notes: [{ author: { name: 'Ana', good: 'u1' } }],
            },
            { name: 'Desk', price: 20, freight: 100, freightLabel: '20x5', notes: [] },
          ],
        },
      },
    ],
  },
];
