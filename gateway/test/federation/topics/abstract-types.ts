import type { Row, Topic } from '../topic.js';

const maker = { email: 'ana@works.example', workCount: 2 };
const opera = { __typename: 'Opera', id: 'w1', code: 'op', size: { acts: '3', hours: 2.5 }, maker, hidden: false };
const ballet = { __typename: 'Ballet', id: 'w2', code: 'ba', size: { acts: '2', hours: 1.5 }, maker, hidden: true };
const works: Row[] = [
  { ...opera, kin: [ballet], house: { __typename: 'Company', id: 'c1' } },
  { ...ballet, kin: [], house: { __typename: 'Own', email: 'own@works.example' } },
];
const loans = {
  loan: function (this: Row, { town }: { town: string }) {
    const { acts, hours } = this.size as Row;
    return { label: `${town}: ${String(acts)} acts, ${String(hours)} hours` };
  },
};
const reviews: Record<string, Row> = {
  w1: {
    reviewCount: 1,
    score: 4.5,
    reviews: [{ id: 1, body: 'Loud', work: () => ({ __typename: 'Opera', ...reviewed('w1') }) }],
  },
  w2: { reviewCount: 0, score: 3.5, reviews: [] },
};
function reviewed(id: string): Row {
  return {
    id,
    ...reviews[id],
    reviewsOfKin: function (this: Row) {
      return (this.kin as Row[]).map((one) => ({ id: 9, body: `of ${String(one.id)}`, work: null }));
    },
  };
}
const note1 = { __typename: 'Note', id: 'n1', price: 3.5 };

function reviewedType(type: string): string {
  return `type ${type} implements Work & Kin @key(fields: "id") {
    id: ID! reviewCount: Int! score: Float! @shareable reviews: [Review!]!
    kin: [${type === 'Opera' ? 'Ballet' : 'Opera'}] @external reviewsOfKin: [Review!]! @requires(fields: "kin { id }")
  }`;
}

export const abstractTypeTopics: readonly Topic[] = [
  {
    title: 'interfaces and unions over many subgraphs',
    subgraphs: {
      works: {
        sdl: `
          type Query { works: [Work] kinOf(id: ID!): [Work] }
          interface Work { id: ID! code: String size: Size maker: Maker hidden: Boolean @inaccessible }
          interface Kin { kin: [Work] }
          type Size @shareable { acts: String hours: Float }
          type Opera implements Work & Kin @key(fields: "id") {
            id: ID! code: String size: Size @shareable maker: Maker kin: [Ballet] hidden: Boolean house: House
          }
          type Ballet implements Work & Kin @key(fields: "id") {
            id: ID! code: String size: Size @shareable maker: Maker kin: [Opera] hidden: Boolean house: House
          }
          union House = Company | Own
          type Company { id: ID! @shareable }
          type Own { email: String }
          type Maker @key(fields: "email") { email: ID! workCount: Int @shareable }`,
        query: { works, kinOf: ({ id }: { id: string }) => works.find((work) => work.id === id)?.kin },
        entities: { Opera: works.slice(0, 1), Ballet: works.slice(1), Maker: [maker] },
      },
      titles: {
        sdl: `type Opera @key(fields: "id") { id: ID! title: String } type Ballet @key(fields: "id") { id: ID! title: String }`,
        entities: { Opera: [{ id: 'w1', title: 'Norma' }], Ballet: [{ id: 'w2', title: 'Giselle' }] },
      },
      loans: {
        sdl: `
          interface Work { id: ID! size: Size loan(town: String): Loan }
          type Opera implements Work @key(fields: "id") {
            id: ID! size: Size @external loan(town: String): Loan @requires(fields: "size { acts hours }")
          }
          type Ballet implements Work @key(fields: "id") {
            id: ID! size: Size @external loan(town: String): Loan @requires(fields: "size { acts hours }")
          }
          type Size @shareable { acts: String hours: Float }
          type Loan { label: String }`,
        entities: { Opera: [{ id: 'w1', ...loans }], Ballet: [{ id: 'w2', ...loans }] },
      },
      houses: {
        sdl: `
          type Company @key(fields: "id") { id: ID! name: String email: Email }
          type Email { address: String }
          type Choir @key(fields: "id") { id: ID! name: String }
          extend union House = Company | Choir`,
        entities: { Company: [{ id: 'c1', name: 'Aria', email: { address: 'aria@house.example' } }], Choir: [] },
      },
      reviews: {
        sdl: `
          type Query { review(id: Int!): Review }
          ${reviewedType('Opera')}
          ${reviewedType('Ballet')}
          interface Work { id: ID! reviewCount: Int! score: Float! reviews: [Review!]! }
          interface Kin { kin: [Work] }
          type Review { id: Int! body: String! work: Work }`,
        query: {
          review: ({ id }: { id: number }) => ({ id, body: 'Loud', work: { __typename: 'Opera', ...reviewed('w1') } }),
        },
        entities: { Opera: [reviewed('w1')], Ballet: [reviewed('w2')] },
      },
      makers: {
        sdl: `type Maker @key(fields: "email") { email: ID! name: String workCount: Int @shareable }`,
        entities: { Maker: [{ email: maker.email, name: 'Ana', workCount: 2 }] },
      },
    },
    cases: [
      {
        query: '{ works { id size { acts hours } } }',
        data: {
          works: [
            { id: 'w1', size: opera.size },
            { id: 'w2', size: ballet.size },
          ],
        },
      },
      { query: '{ kinOf(id: "w1") { id code } }', data: { kinOf: [{ id: 'w2', code: 'ba' }] } },
      {
        query:
          '{ a: kinOf(id: "w1") { id loan(town: "Lund") { label } } b: kinOf(id: "w2") { id loan(town: "Oslo") { label } } }',
        data: { a: [{ id: 'w2', loan: { label: 'Lund: 2 acts, 1.5 hours' } }], b: [] },
      },
      {
        query:
          '{ works { code ... on Work { code } ... on Opera { code } ... on Kin { __typename kind: __typename } } }',
        data: {
          works: [
            { code: 'op', __typename: 'Opera', kind: 'Opera' },
            { code: 'ba', __typename: 'Ballet', kind: 'Ballet' },
          ],
        },
      },
      {
        query: '{ works { by: maker { email name workCount } ... on Ballet { title } } }',
        data: {
          works: [{ by: { ...maker, name: 'Ana' } }, { by: { ...maker, name: 'Ana' }, title: 'Giselle' }],
        },
      },
      {
        query: '{ works { id reviews { work { code ... on Ballet { title } ... on Opera { reviewCount } } } } }',
        data: {
          works: [
            { id: 'w1', reviews: [{ work: { code: 'op', reviewCount: 1 } }] },
            { id: 'w2', reviews: [] },
          ],
        },
      },
      {
        query: '{ works { id ... on Opera { reviewsOfKin { body } } ... on Ballet { reviewsOfKin { body } } } }',
        data: {
          works: [
            { id: 'w1', reviewsOfKin: [{ body: 'of w2' }] },
            { id: 'w2', reviewsOfKin: [] },
          ],
        },
      },
      {
        query: `{ works { ... on Opera { house { ... on Company { name email { address } } ... on Own { email } } }
          ... on Ballet { house { ... on Own { email } } } } }`,
        errors: true,
      },
      {
        query: `{ works { ... on Opera { house { __typename ... on Company { name email { address } } } }
          ... on Ballet { house { ... on Own { mail: email } } } } }`,
        data: {
          works: [
            { house: { __typename: 'Company', name: 'Aria', email: { address: 'aria@house.example' } } },
            { house: { mail: 'own@works.example' } },
          ],
        },
      },
      { query: '{ works { hidden } }', errors: true },
      {
        query: '{ review(id: 1) { body work { ... on Opera { title loan(town: "Lund") { label } } score } } }',
        data: {
          review: { body: 'Loud', work: { title: 'Norma', loan: { label: 'Lund: 3 acts, 2.5 hours' }, score: 4.5 } },
        },
      },
    ],
  },
  {
    title: 'an interface whose field returns the interface',
    subgraphs: {
      notes: {
        sdl: `
          type Query { ware: Ware }
          interface Ware { twin: Ware }
          type Note implements Ware @key(fields: "id") { id: ID! twin: Note @provides(fields: "price") price: Float @external }`,
        query: { ware: { ...note1, twin: { ...note1, id: 'n2', twin: { ...note1, id: 'n3', twin: null } } } },
        entities: { Note: [] },
      },
      prices: {
        sdl: `type Note @key(fields: "id") { id: ID! price: Float @shareable }`,
        entities: { Note: ['n1', 'n2', 'n3'].map((id) => ({ id, price: 3.5 })) },
      },
    },
    cases: [
      {
        query: '{ ware { twin { ... on Ware { twin { __typename } } } } }',
        data: { ware: { twin: { twin: { __typename: 'Note' } } } },
      },
      {
        query: `{ ware { __typename twin { __typename ... on Note { id } twin { __typename ... on Note { id } } }
          ... on Note { __typename id price twin { id price } } } }`,
        data: {
          ware: {
            __typename: 'Note',
            id: 'n1',
            price: 3.5,
            twin: { __typename: 'Note', id: 'n2', price: 3.5, twin: { __typename: 'Note', id: 'n3' } },
          },
        },
      },
    ],
  },
  {
    title: 'nodes that one subgraph knows only by id',
    subgraphs: {
      nodes: {
        sdl: `
          type Query { goodNode: Node kindNode: Node }
          interface Node { id: ID! }
          type Good implements Node @key(fields: "id") { id: ID! }
          type Kind implements Node @key(fields: "id") { id: ID! }`,
        query: { goodNode: { __typename: 'Good', id: 'g1' }, kindNode: { __typename: 'Kind', id: 'k1' } },
        entities: { Good: [{ id: 'g1' }], Kind: [{ id: 'k1' }] },
      },
      types: {
        sdl: `
          interface Node { id: ID! }
          type Good implements Node @key(fields: "id") @shareable { id: ID! name: String! price: Float! }
          type Kind implements Node @key(fields: "id") { id: ID! name: String! }`,
        entities: { Good: [{ id: 'g1', name: 'Lamp', price: 9.5 }], Kind: [{ id: 'k1', name: 'Lights' }] },
      },
    },
    cases: [
      {
        query:
          '{ goodNode { ... on Good { id name __typename price } } kindNode { ... on Kind { name } ... on Good { price } } }',
        data: { goodNode: { id: 'g1', name: 'Lamp', __typename: 'Good', price: 9.5 }, kindNode: { name: 'Lights' } },
      },
    ],
  },
];
