import type { Row, Topic } from '../topic.js';

const goods = [
  { code: 'g1', name: 'Lamp', weight: 3 },
  { code: 'g2', name: 'Desk', weight: 5 },
].map((good, index) => ({
  ...good,
  price: ({ currency }: { currency: string }) => (index + 1) * (currency === 'EUR' ? 10 : 11),
  family: { meanPrice: ({ currency }: { currency: string }) => (currency === 'EUR' ? 100 : 110) * (index + 1) },
}));

const goodsSubgraph = {
  sdl: `
    type Query { goods: [Good] }
    type Good @key(fields: "code") {
      code: String! name: String price(currency: String!): Int weight: Int family: Family
    }
    type Family { meanPrice(currency: String!): Int }`,
  query: { goods },
  entities: { Good: goods },
};

function freightSubgraph(extraSdl: string, extra: Row = {}) {
  const row = {
    freight: function (this: { price: number; weight: number }) {
      return this.price * this.weight;
    },
    isDearFamily: function (this: { family: { meanPrice: number } }) {
      return this.family.meanPrice > 150;
    },
    ...extra,
  };
  return {
    sdl: `
      type Good @key(fields: "code") {
        code: String! weight: Int @external price(currency: String!): Int @external family: Family @external
        freight: Int @requires(fields: "price(currency: \\"USD\\") weight")
        isDearFamily: Boolean @requires(fields: "family { meanPrice(currency: \\"USD\\") }")
        ${extraSdl}
      }
      type Family @external { meanPrice(currency: String!): Int }`,
    entities: { Good: ['g1', 'g2'].map((code) => ({ code, ...row })) },
  };
}

const remarks = [1, 2, 3, 4].map((number) => ({ id: `r${number}`, writerId: `w${number}`, date: `day ${number}` }));

export const requiredArgumentTopics: readonly Topic[] = [
  {
    title: 'required fields with arguments',
    subgraphs: {
      goods: goodsSubgraph,
      freight: freightSubgraph(''),
      talks: {
        sdl: `
          type Query { talks: [Talk] }
          type Talk @key(fields: "id") { id: ID! }
          type Remark @key(fields: "id") { id: ID! writerId: ID body: String! }`,
        query: { talks: [{ id: 't1' }] },
        entities: {
          Talk: [{ id: 't1' }],
          Remark: remarks.map(({ id, writerId }) => ({ id, writerId, body: `Body ${id}` })),
        },
      },
      remarks: {
        sdl: `
          type Talk @key(fields: "id") {
            id: ID! writer: Writer @requires(fields: "remarks(limit: 3) { writerId }") remarks(limit: Int!): [Remark]
          }
          type Remark @key(fields: "id") { id: ID! date: String writerId: ID @external }
          type Writer { id: ID! name: String }`,
        entities: {
          Talk: [
            {
              id: 't1',
              remarks: ({ limit }: { limit: number }) => remarks.slice(0, limit).map(({ id, date }) => ({ id, date })),
              writer: function (this: { representation: { remarks: { writerId: string }[] } }) {
                const given = this.representation.remarks;
                return { id: given.at(-1)!.writerId, name: `Name of ${given.length}` };
              },
            },
          ],
          Remark: remarks.map(({ id, date }) => ({ id, date })),
        },
      },
    },
    cases: [
      {
        query: '{ goods { code name freight isDearFamily } }',
        data: {
          goods: [
            { code: 'g1', name: 'Lamp', freight: 33, isDearFamily: false },
            { code: 'g2', name: 'Desk', freight: 110, isDearFamily: true },
          ],
        },
      },
      {
        query: '{ goods { price(currency: "EUR") freight } }',
        data: {
          goods: [
            { price: 10, freight: 33 },
            { price: 20, freight: 110 },
          ],
        },
      },
      {
        query: '{ talks { writer { id } remarks(limit: 1) { id body } } }',
        data: { talks: [{ writer: { id: 'w3' }, remarks: [{ id: 'r1', body: 'Body r1' }] }] },
      },
      {
        query: `query ($limit: Int = 1) { talks { writer { id } ...Dates ...Bodies } }
          fragment Dates on Talk { remarks(limit: $limit) { date } } fragment Bodies on Talk { remarks(limit: $limit) { body } }`,
        data: { talks: [{ writer: { id: 'w3' }, remarks: [{ date: 'day 1', body: 'Body r1' }] }] },
      },
      { query: '{ talks { writer { id name } } }', data: { talks: [{ writer: { id: 'w3', name: 'Name of 3' } }] } },
    ],
  },
  {
    title: 'required fields with conflicting arguments',
    subgraphs: {
      goods: goodsSubgraph,
      freight: freightSubgraph('freightInEuros: Int @requires(fields: "price(currency: \\"EUR\\") weight")', {
        freightInEuros: function (this: { price: number; weight: number }) {
          return this.price * this.weight;
        },
      }),
    },
    cases: [
      {
        query: '{ goods { code freight freightInEuros isDearFamily } }',
        data: {
          goods: [
            { code: 'g1', freight: 33, freightInEuros: 30, isDearFamily: false },
            { code: 'g2', freight: 110, freightInEuros: 100, isDearFamily: true },
          ],
        },
      },
      {
        query: '{ goods { price(currency: "USD") freightInEuros } }',
        data: {
          goods: [
            { price: 11, freightInEuros: 30 },
            { price: 22, freightInEuros: 100 },
          ],
        },
      },
    ],
  },
];
