import type { Topic } from '../topic.js';

const alert = { __typename: 'Alert', text: 'Rain' };
const task = { __typename: 'Task', id: 't1', name: 'Close', details: 'the window' };
const link = { __typename: 'Link', id: 'l1', label: 'Forecast' };
const common = { __typename: 'Common', label: 'for all' };
const wrapperDefinition = `type Wrapper @shareable { steps: [Step!]! @shareable } type Common @shareable { label: String }`;

const book = { __typename: 'Book', id: 'b1', title: 'Dune', aTitle: 'A Dune', bTitle: 'B Dune' };
const song = { __typename: 'Song', id: 's1', title: 'Waves', aTitle: 'A Waves' };
const film = { __typename: 'Film', id: 'f1', title: 'Heat', bTitle: 'B Heat' };

const saw = { __typename: 'Saw', id: 's1' };
const drill = { __typename: 'Drill', id: 'd1', guarantee: 3 };

export const unionTopics: readonly Topic[] = [
  {
    title: 'a union with fewer members in another subgraph',
    subgraphs: {
      advice: {
        sdl: `
          type Query { advice: Advice }
          type Advice @shareable { items: [Item!]! text: String }
          union Item = Alert | Task | Link
          type Alert @shareable { text: String }
          type Task { id: ID! name: String details: String }
          type Link { id: ID! label: String }`,
        query: { advice: { text: 'Today', items: [alert, task, link] } },
      },
      alerts: {
        sdl: `
          type Advice @shareable { items: [Item!]! text: String }
          union Item = Alert
          type Alert @shareable { text: String }`,
      },
    },
    cases: [
      {
        query:
          '{ advice { text items { __typename ... on Alert { text } ... on Task { name details } ... on Link { label } } } }',
        data: {
          advice: {
            text: 'Today',
            items: [
              alert,
              { __typename: 'Task', name: 'Close', details: 'the window' },
              { __typename: 'Link', label: 'Forecast' },
            ],
          },
        },
      },
      {
        query: '{ advice { items { __typename ... on Task { name } } } }',
        data: {
          advice: { items: [{ __typename: 'Alert' }, { __typename: 'Task', name: 'Close' }, { __typename: 'Link' }] },
        },
      },
    ],
  },
  {
    title: 'a union with different members in different subgraphs, below shared types',
    subgraphs: {
      a: {
        sdl: `
          type Query { rootA: Plan shared: Plan @shareable }
          type Plan @key(fields: "id") { id: ID! wrapper: Wrapper @shareable }
          ${wrapperDefinition}
          union Step = Common | OnlyA
          type OnlyA { a: String }`,
        query: {
          rootA: { id: 'p1', wrapper: { steps: [common, { __typename: 'OnlyA', a: 'in a' }] } },
          shared: { id: 'p1', wrapper: { steps: [common] } },
        },
        entities: { Plan: [{ id: 'p1', wrapper: { steps: [common, { __typename: 'OnlyA', a: 'in a' }] } }] },
      },
      b: {
        sdl: `
          type Query { rootB: Plan shared: Plan @shareable }
          type Plan @key(fields: "id") { id: ID! wrapper: Wrapper @shareable wrapperInB: Wrapper }
          ${wrapperDefinition}
          union Step = Common | OnlyB
          type OnlyB { b: String }`,
        query: {
          rootB: { id: 'p1', wrapper: { steps: [common, { __typename: 'OnlyB', b: 'in b' }] } },
          shared: { id: 'p1', wrapper: { steps: [common] } },
        },
        entities: {
          Plan: [
            {
              id: 'p1',
              wrapper: { steps: [common, { __typename: 'OnlyB', b: 'in b' }] },
              wrapperInB: { steps: [common, { __typename: 'OnlyB', b: 'in b' }] },
            },
          ],
        },
      },
    },
    cases: [
      {
        query: '{ rootA { wrapper { steps { __typename ... on OnlyB { b } } } } }',
        data: { rootA: { wrapper: { steps: [{ __typename: 'Common' }, { __typename: 'OnlyA' }] } } },
      },
      {
        query:
          '{ shared { wrapper { steps { __typename ... on Common { label } ... on OnlyA { a } ... on OnlyB { b } } } } }',
        data: { shared: { wrapper: { steps: [common] } } },
      },
      {
        query:
          '{ rootA { wrapperInB { steps { __typename ... on Common { label } ... on OnlyA { a } ... on OnlyB { b } } } } }',
        data: { rootA: { wrapperInB: { steps: [common, { __typename: 'OnlyB', b: 'in b' }] } } },
      },
      {
        query: '{ rootB { wrapper { steps { ... on Common { label } } } } }',
        data: { rootB: { wrapper: { steps: [{ label: 'for all' }, {}] } } },
      },
    ],
  },
  {
    title: 'interfaces that some members of a union implement only in another subgraph',
    subgraphs: {
      shop: {
        sdl: `
          type Query { tools: [Tool] node(id: ID!): Node nodes: [Node] drills: [Drill] }
          union Tool = Saw | Drill
          interface Node { id: ID! }
          interface Guaranteed { guarantee: Int }
          type Saw @key(fields: "id") { id: ID! }
          type Drill implements Node & Guaranteed @key(fields: "id") { id: ID! guarantee: Int }`,
        query: {
          tools: [saw, drill],
          node: ({ id }: { id: string }) => (id === 'd1' ? drill : null),
          nodes: [drill],
          drills: [drill],
        },
        entities: { Saw: [saw], Drill: [drill] },
      },
      guarantees: {
        sdl: `
          interface Node { id: ID! }
          interface Guaranteed { guarantee: Int }
          type Saw implements Node & Guaranteed @key(fields: "id") { id: ID! guarantee: Int }`,
        entities: { Saw: [{ id: 's1', guarantee: 5 }] },
      },
    },
    cases: [
      { query: '{ tools { ... on Node { id } } }', data: { tools: [{ id: 's1' }, { id: 'd1' }] } },
      { query: '{ tools { ... on Guaranteed { guarantee } } }', data: { tools: [{ guarantee: 5 }, { guarantee: 3 }] } },
      { query: '{ nodes { ... on Drill { guarantee } ... on Saw { id } } }', data: { nodes: [{ guarantee: 3 }] } },
      {
        query: '{ nodes { ... on Node { id ... on Node { ... on Guaranteed { guarantee } } } } }',
        data: { nodes: [{ id: 'd1', guarantee: 3 }] },
      },
      {
        query:
          '{ drills { ... on Node { ... on Guaranteed { guarantee } } } node(id: "d1") { ... on Drill { guarantee } id } }',
        data: { drills: [{ guarantee: 3 }], node: { guarantee: 3, id: 'd1' } },
      },
    ],
  },
  {
    title: 'a shared root field whose union has other members in each subgraph',
    subgraphs: {
      a: {
        sdl: `
          type Query { medium: Medium @shareable mediumInA: Medium @shareable viewer: Viewer @shareable }
          union Medium = Book | Song
          type Book @key(fields: "id") { id: ID! title: String! @shareable aTitle: String! }
          type Song @key(fields: "id") { id: ID! title: String! @shareable aTitle: String! }
          type Viewer { medium: Medium @shareable inA: Medium song: Medium @shareable }`,
        query: { medium: book, mediumInA: book, viewer: { medium: book, inA: book, song } },
        entities: { Book: [book], Song: [song] },
      },
      b: {
        sdl: `
          type Query { medium: Medium @shareable mediumInB: Medium @shareable viewer: Viewer @shareable }
          union Medium = Book | Film
          type Book @key(fields: "id") { id: ID! title: String! @shareable bTitle: String! }
          type Film @key(fields: "id") { id: ID! title: String! @shareable bTitle: String! }
          type Viewer { medium: Medium @shareable inB: Medium }`,
        query: { medium: book, mediumInB: book, viewer: { medium: book, inB: film } },
        entities: { Book: [book], Film: [film] },
      },
    },
    cases: [
      { query: '{ medium { ... on Film { title } } }', data: { medium: {} } },
      { query: '{ medium { ... on Book { title } ... on Film { title } } }', data: { medium: { title: 'Dune' } } },
      { query: '{ mediumInA { ... on Film { title bTitle } } }', data: { mediumInA: {} } },
      {
        query: '{ mediumInA { ... on Book { title aTitle bTitle } } }',
        data: { mediumInA: { title: 'Dune', aTitle: 'A Dune', bTitle: 'B Dune' } },
      },
      {
        query:
          '{ viewer { inA { ... on Film { title } } inB { ... on Film { title bTitle } } song { ... on Song { aTitle } } } }',
        data: { viewer: { inA: {}, inB: { title: 'Heat', bTitle: 'B Heat' }, song: { aTitle: 'A Waves' } } },
      },
    ],
  },
];
