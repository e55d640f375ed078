import type { Row, Topic } from '../topic.js';

const video = { __typename: 'Video', id: 'v1', title: 'Tides', seconds: 60 };
const article = { __typename: 'Article', id: 'a1', title: 'Moons', words: 900 };
const members = [
  { __typename: 'Member', id: 'm1', name: 'Ana', age: 30 },
  { __typename: 'Member', id: 'm2', name: 'Ben', age: 40 },
];
const ids = members.map(({ id }) => ({ id }));

const namedMembers = {
  sdl: `
    type Query { members: [Named!]! }
    interface Named @key(fields: "id") { id: ID! name: String }
    type Member implements Named @key(fields: "id") { id: ID! name: String age: Int }`,
  query: { members },
  entities: { Named: members, Member: members },
};

export const interfaceObjectTopics: readonly Topic[] = [
  {
    title: 'an interface object beside an extension of one of its types',
    subgraphs: {
      authors: {
        sdl: `
          type Query { author: Author }
          type Author @key(fields: "id") { id: ID! name: String }
          extend type Video @key(fields: "id") { id: ID! director: String }`,
        query: { author: { id: 'u1', name: 'Ana' } },
        entities: { Author: [], Video: [{ id: 'v1', director: 'Ben' }] },
      },
      media: {
        sdl: `
          type Query { medium: Medium }
          interface Medium @key(fields: "id") { id: ID! title: String }
          type Video implements Medium @key(fields: "id") { id: ID! title: String seconds: Int }
          type Article implements Medium @key(fields: "id") { id: ID! title: String words: Int }`,
        query: { medium: video },
        entities: { Medium: [video, article], Video: [video], Article: [article] },
      },
      lists: {
        sdl: `
          type Query { list: List }
          type List @key(fields: "id") { id: ID! name: String medium: Medium }
          type Medium @key(fields: "id") @interfaceObject { id: ID! }`,
        query: { list: { id: 'l1', name: 'New', medium: { id: 'v1' } } },
        entities: { List: [] },
      },
    },
    cases: [
      {
        query: `{
          medium { id title ... on Video { seconds director } ... on Article { words } }
          author { id name }
          list { id name medium { id ... on Video { seconds director } } }
        }`,
        data: {
          medium: { id: 'v1', title: 'Tides', seconds: 60, director: 'Ben' },
          author: { id: 'u1', name: 'Ana' },
          list: { id: 'l1', name: 'New', medium: { id: 'v1', seconds: 60, director: 'Ben' } },
        },
      },
      {
        query: '{ list { medium { __typename title ... on Article { words } } } }',
        data: { list: { medium: { __typename: 'Video', title: 'Tides' } } },
      },
    ],
  },
  {
    title: 'a required field of an interface object',
    subgraphs: {
      members: namedMembers,
      handles: {
        sdl: `
          type Query { others: [Named] }
          type Named @key(fields: "id") @interfaceObject {
            id: ID! name: String @external handle: String @requires(fields: "name")
          }`,
        query: { others: ids },
        entities: {
          Named: ids.map(({ id }) => ({
            id,
            handle: function (this: Row) {
              return `@${String(this.name)}`;
            },
          })),
        },
      },
    },
    cases: [
      {
        query: '{ others { id name handle } }',
        data: { others: members.map(({ id, name }) => ({ id, name, handle: `@${name}` })) },
      },
      { query: '{ members { handle } }', data: { members: [{ handle: '@Ana' }, { handle: '@Ben' }] } },
      { query: '{ others { ... on Member { age } } }', data: { others: [{ age: 30 }, { age: 40 }] } },
      {
        query: '{ others { ... on Member { age handle } id } }',
        data: {
          others: [
            { age: 30, handle: '@Ana', id: 'm1' },
            { age: 40, handle: '@Ben', id: 'm2' },
          ],
        },
      },
      {
        query: '{ others { __typename handle } }',
        data: {
          others: [
            { __typename: 'Member', handle: '@Ana' },
            { __typename: 'Member', handle: '@Ben' },
          ],
        },
      },
    ],
  },
  {
    title: 'an interface object whose key is not resolvable',
    subgraphs: {
      nodes: {
        sdl: `
          interface Node @key(fields: "id") { id: ID! }
          type Good @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }
          type Query { unknown: Node good: Good! }`,
        query: { unknown: { __typename: 'Node', id: 'n1' }, good: { id: 'g1' } },
        entities: { Node: [] },
      },
      goods: {
        sdl: `
          type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! label: String }
          interface Good @key(fields: "id") { id: ID! }
          type Bread implements Good @key(fields: "id") { id: ID! flour: String! }
          type Query { node: Node }`,
        query: { node: { id: 'n1', label: 'first' } },
        entities: { Good: [{ __typename: 'Bread', id: 'g1', flour: 'rye' }], Bread: [{ id: 'g1', flour: 'rye' }] },
      },
    },
    cases: [
      { query: '{ node { id label } }', data: { node: { id: 'n1', label: 'first' } } },
      { query: '{ node { id } }', data: { node: { id: 'n1' } } },
      { query: '{ unknown { id } }', data: { unknown: null }, errors: true },
      { query: '{ good { id } }', data: { good: { id: 'g1' } } },
      { query: '{ good { id flour } }', errors: true },
      { query: '{ good { ... on Bread { id flour } } }', data: { good: { id: 'g1', flour: 'rye' } } },
    ],
  },
  {
    title: 'fields that an interface object adds to every type',
    subgraphs: {
      members: {
        ...namedMembers,
        sdl: `${namedMembers.sdl}
          interface Account @key(fields: "id") { id: ID! }
          type Owner implements Account @key(fields: "id") { id: ID! isFirst: Boolean! isOnline: Boolean! @shareable }
          type Visitor implements Account @key(fields: "id") { id: ID! isFirst: Boolean! }`,
        entities: {
          ...namedMembers.entities,
          Account: [
            { __typename: 'Owner', id: 'c1', isFirst: true, isOnline: true },
            { __typename: 'Visitor', id: 'c2', isFirst: false },
          ],
          Owner: [{ id: 'c1', isFirst: true, isOnline: true }],
          Visitor: [{ id: 'c2', isFirst: false }],
        },
      },
      names: {
        sdl: `
          type Query { others: [Named] accounts: [Account] @shareable }
          type Account @key(fields: "id") @interfaceObject { id: ID! label: String! }
          type Named @key(fields: "id") @interfaceObject { id: ID! handle: String }`,
        query: {
          others: ids.map(({ id }) => ({ id, handle: `@${id}` })),
          accounts: ['c1', 'c2'].map((id) => ({ id, label: `Label ${id}` })),
        },
        entities: {
          Account: ['c1', 'c2'].map((id) => ({ id, label: `Label ${id}` })),
          Named: ids.map(({ id }) => ({ id, handle: `@${id}` })),
        },
      },
      presence: {
        sdl: `type Account @key(fields: "id") @interfaceObject { id: ID! isOnline: Boolean! @shareable }`,
        entities: { Account: ['c1', 'c2'].map((id) => ({ id, isOnline: id === 'c1' })) },
      },
    },
    cases: [
      {
        query: '{ others { id name handle } members { handle age: id } }',
        data: {
          others: members.map(({ id, name }) => ({ id, name, handle: `@${id}` })),
          members: ids.map(({ id }) => ({ handle: `@${id}`, age: id })),
        },
      },
      {
        query: '{ accounts { id label isOnline } }',
        data: {
          accounts: [
            { id: 'c1', label: 'Label c1', isOnline: true },
            { id: 'c2', label: 'Label c2', isOnline: false },
          ],
        },
      },
      {
        query: '{ accounts { __typename ... on Owner { isFirst label } ... on Visitor { __typename isOnline } } }',
        data: {
          accounts: [
            { __typename: 'Owner', isFirst: true, label: 'Label c1' },
            { __typename: 'Visitor', isOnline: false },
          ],
        },
      },
      {
        query: '{ accounts { ... on Account { label } ... on Visitor { isFirst } } }',
        data: { accounts: [{ label: 'Label c1' }, { label: 'Label c2', isFirst: false }] },
      },
    ],
  },
  {
    title: '__typename, with aliases, of unions, interfaces and interface objects',
    subgraphs: {
      machines: {
        sdl: `
          type Query { machine: Machine node: Node }
          union Machine = Saw | Drill
          interface Node { id: ID! }
          type Saw implements Node { id: ID! }
          type Drill implements Node { id: ID! }
          interface Person @key(fields: "id") { id: ID! }
          type Worker implements Person @key(fields: "id") { id: ID! isHead: Boolean! }`,
        query: { machine: { __typename: 'Saw', id: '1' }, node: { __typename: 'Drill', id: '2' } },
        entities: {
          Person: [
            { __typename: 'Worker', id: 'w1', isHead: true },
            { __typename: 'Worker', id: 'w2', isHead: false },
          ],
          Worker: [
            { id: 'w1', isHead: true },
            { id: 'w2', isHead: false },
          ],
        },
      },
      people: {
        sdl: `
          type Query { people: [Person] }
          type Person @key(fields: "id") @interfaceObject { id: ID! name: String! }`,
        query: {
          people: [
            { id: 'w1', name: 'Ana' },
            { id: 'w2', name: 'Ben' },
          ],
        },
        entities: {
          Person: [
            { id: 'w1', name: 'Ana' },
            { id: 'w2', name: 'Ben' },
          ],
        },
      },
    },
    cases: [
      { query: '{ machine { __typename kind: __typename } }', data: { machine: { __typename: 'Saw', kind: 'Saw' } } },
      {
        query: '{ node { id __typename a: __typename b: __typename } }',
        data: { node: { id: '2', __typename: 'Drill', a: 'Drill', b: 'Drill' } },
      },
      {
        query: '{ machine { __typename ... on Saw { kind: __typename } ... on Drill { kind: __typename } } }',
        data: { machine: { __typename: 'Saw', kind: 'Saw' } },
      },
      { query: '{ people { id } }', data: { people: [{ id: 'w1' }, { id: 'w2' }] } },
      { query: '{ people { __typename } }', data: { people: [{ __typename: 'Worker' }, { __typename: 'Worker' }] } },
      {
        query: '{ people { name kind: __typename ... on Worker { isHead } } }',
        data: {
          people: [
            { name: 'Ana', kind: 'Worker', isHead: true },
            { name: 'Ben', kind: 'Worker', isHead: false },
          ],
        },
      },
    ],
  },
];
