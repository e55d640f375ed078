import type { Topic, TopicSubgraph } from '../topic.js';

function posts(from: string) {
  return [
    { id: 'p1', createdAt: `p1 of ${from}` },
    { id: 'p2', createdAt: `p2 of ${from}` },
  ];
}

function feed(name: string, override = ''): TopicSubgraph {
  return {
    sdl: `
      type Query { feed: [Post] @shareable ${name}Feed: [Post] }
      type Post @key(fields: "id") { id: ID! createdAt: String! @shareable ${override} }`,
    query: { feed: posts(name), [`${name}Feed`]: posts(name) },
    entities: { Post: posts(name) },
  };
}

function times(from: string) {
  return posts(from).map(({ createdAt }) => ({ createdAt }));
}

export const overrideTopics: readonly Topic[] = [
  {
    title: 'a field that moved to another subgraph',
    subgraphs: { old: feed('old'), new: feed('new', '@override(from: "old")') },
    cases: [
      { query: '{ feed { createdAt } }', data: { feed: times('new') } },
      {
        query: '{ oldFeed { createdAt } newFeed { createdAt } }',
        data: { oldFeed: times('new'), newFeed: times('new') },
      },
    ],
  },
  {
    title: 'a field that moved from a subgraph that does not exist',
    subgraphs: { old: feed('old'), new: feed('new', '@override(from: "gone")') },
    cases: [
      { query: '{ oldFeed { createdAt } }', data: { oldFeed: times('old') } },
      { query: '{ newFeed { createdAt } }', data: { newFeed: times('new') } },
    ],
  },
  {
    title: 'a field of an interface that moved for one type',
    subgraphs: {
      pictures: {
        sdl: `
          interface Entry { id: ID! createdAt: String! }
          type Picture implements Entry @key(fields: "id") { id: ID! createdAt: String! }
          type Query { entries: [Entry] }`,
        query: {
          entries: [
            { __typename: 'Picture', id: 'i1' },
            { __typename: 'Picture', id: 'i2' },
          ],
        },
        entities: { Picture: [{ id: 'i1' }, { id: 'i2' }] },
      },
      texts: {
        sdl: `
          interface Entry { id: ID! createdAt: String! }
          type Text implements Entry @key(fields: "id") { id: ID! createdAt: String! body: String! }
          interface Dated { id: ID! createdAt: String! }
          type Picture implements Dated @key(fields: "id") { id: ID! createdAt: String! @override(from: "pictures") }
          type Query { dated: [Dated] }`,
        query: { dated: [{ __typename: 'Picture', id: 'i1', createdAt: 'Monday' }] },
        entities: {
          Picture: [
            { id: 'i1', createdAt: 'Monday' },
            { id: 'i2', createdAt: 'Friday' },
          ],
          Text: [],
        },
      },
    },
    cases: [
      {
        query: '{ entries { id createdAt } }',
        data: {
          entries: [
            { id: 'i1', createdAt: 'Monday' },
            { id: 'i2', createdAt: 'Friday' },
          ],
        },
      },
      { query: '{ entries { ... on Text { id body } } }', data: { entries: [{}, {}] } },
      {
        query: '{ dated { createdAt id ... on Picture { createdAt id } } }',
        data: { dated: [{ createdAt: 'Monday', id: 'i1' }] },
      },
    ],
  },
  {
    title: 'a required field that moved to a third subgraph',
    subgraphs: {
      a: withRequiredName('a'),
      b: {
        sdl: `
          type Query { fromB: User }
          type User @key(fields: "id") { id: ID! name: String! @override(from: "c") }`,
        query: { fromB: { id: 'u1', name: 'Ana' } },
        entities: { User: [{ id: 'u1', name: 'Ana' }] },
      },
      c: withRequiredName('c'),
    },
    cases: [
      {
        query: '{ fromA { id name aName cName } fromB { id name aName cName } fromC { id name aName cName } }',
        data: Object.fromEntries(
          ['fromA', 'fromB', 'fromC'].map((root) => [
            root,
            { id: 'u1', name: 'Ana', aName: 'a: Ana', cName: 'c: Ana' },
          ]),
        ),
      },
      { query: '{ fromC { cName } }', data: { fromC: { cName: 'c: Ana' } } },
      { query: '{ fromA { cName } }', data: { fromA: { cName: 'c: Ana' } } },
      { query: '{ fromA { aName } }', data: { fromA: { aName: 'a: Ana' } } },
    ],
  },
];

function withRequiredName(name: string): TopicSubgraph {
  const field = `${name}Name`;
  return {
    sdl: `
      type Query { from${name.toUpperCase()}: User }
      type User @key(fields: "id") { id: ID! name: String! @external ${field}: String! @requires(fields: "name") }`,
    query: { [`from${name.toUpperCase()}`]: { id: 'u1' } },
    entities: {
      User: [
        {
          id: 'u1',
          [field]: function (this: { name: string }) {
            return `${name}: ${this.name}`;
          },
        },
      ],
    },
  };
}
