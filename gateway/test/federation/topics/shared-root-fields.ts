import type { Topic } from '../topic.js';

/** A subgraph with one part of each chair, under the same root fields as the others. */
function chairs(part: string, type: string, definition: string, value: object) {
  const chair = { id: 'c1', [part]: value };
  return {
    sdl: `
      type Query { chair: Chair! @shareable chairs: [Chair!]! @shareable }
      type Chair { id: ID! @shareable ${part}: ${type}! }
      type ${type} { ${definition} }`,
    query: { chair, chairs: [chair] },
  };
}

const maker = { id: 'm1', town: 'Lund' };
const price = { amount: 80, currency: 'EUR' };
const counter = { value: 0 };

export const rootFieldTopics: readonly Topic[] = [
  {
    title: 'a root field that several subgraphs share',
    subgraphs: {
      makers: chairs('maker', 'Maker', 'id: ID! town: String!', maker),
      prices: chairs('price', 'Price', 'amount: Int! currency: String!', price),
      woods: chairs('wood', 'Wood', 'name: String!', { name: 'oak' }),
    },
    cases: [
      {
        query: '{ chair { id maker { id town } price { amount currency } wood { name } } }',
        data: { chair: { id: 'c1', maker, price, wood: { name: 'oak' } } },
      },
      {
        query: '{ chairs { id wood { name } maker { id } price { amount } } }',
        data: { chairs: [{ id: 'c1', wood: { name: 'oak' }, maker: { id: 'm1' }, price: { amount: 80 } }] },
      },
    ],
  },
  {
    title: 'mutations in several subgraphs',
    subgraphs: {
      doubling: {
        sdl: `
          type Query { good(id: ID!): Good! }
          type Mutation {
            addGood(input: AddGoodInput!): Good! addLabel(name: String!): Label! @shareable times(by: Int!): Int!
          }
          input AddGoodInput { name: String! price: Float! }
          type Good @key(fields: "id") { id: ID! name: String! price: Float! }
          type Label @key(fields: "id") { id: ID! }`,
        query: { good: ({ id }: { id: string }) => ({ id, name: 'Lamp', price: 10 }) },
        mutation: {
          addGood: ({ input }: { input: object }) => ({ id: 'g9', ...input }),
          addLabel: () => ({ id: 'l1' }),
          times: ({ by }: { by: number }) => (counter.value *= by),
        },
        entities: {
          Good: [
            { id: 'g9', name: 'Chest', price: 900 },
            { id: 'g1', name: 'Lamp', price: 10 },
          ],
        },
      },
      stock: {
        sdl: `
          type Mutation { reset: Int! addLabel(name: String!): Label! @shareable }
          type Good @key(fields: "id") {
            id: ID! price: Float! @external isDear: Boolean! @requires(fields: "price") inStock: Boolean!
          }
          type Label @key(fields: "id") { id: ID! name: String! }`,
        mutation: {
          reset: () => {
            const { value } = counter;
            counter.value = 0;
            return value;
          },
          addLabel: ({ name }: { name: string }) => ({ id: 'l1', name }),
        },
        entities: {
          Good: ['g1', 'g9'].map((id) => ({
            id,
            inStock: true,
            isDear: function (this: { price: number }) {
              return this.price > 100;
            },
          })),
          Label: [{ id: 'l1', name: 'blue' }],
        },
      },
      adding: {
        sdl: `type Mutation { plus(number: Int!): Int! }`,
        mutation: { plus: ({ number }: { number: number }) => (counter.value += number) },
      },
    },
    cases: [
      {
        query: 'mutation { addGood(input: { name: "Chest", price: 900 }) { name price isDear inStock } }',
        data: { addGood: { name: 'Chest', price: 900, isDear: true, inStock: true } },
      },
      {
        query: '{ good(id: "g1") { id name price isDear inStock } }',
        data: { good: { id: 'g1', name: 'Lamp', price: 10, isDear: false, inStock: true } },
      },
      {
        query:
          'mutation { five: plus(number: 5) ten: times(by: 2) twelve: plus(number: 2) last: reset again: plus(number: 1) end: reset }',
        data: { five: 5, ten: 10, twelve: 12, last: 12, again: 1, end: 1 },
      },
      { query: 'mutation { addLabel(name: "blue") { id name } }', data: { addLabel: { id: 'l1', name: 'blue' } } },
    ],
  },
];
