import type { Topic } from '../topic.js';

export const keyTopics: readonly Topic[] = [
  {
    title: 'several keys, of which only some are resolvable',
    subgraphs: {
      catalogue: {
        sdl: `
          type Part
            @key(fields: "id", resolvable: true) @key(fields: "number", resolvable: false)
            @key(fields: "code { series digit }", resolvable: false)
            @key(fields: "id code { digit check }", resolvable: false) {
            id: ID! number: ID! code: Code! name: String!
          }
          type Code { series: ID! digit: ID! check: ID! }`,
        entities: { Part: [{ id: 'x', number: 'n', code: { series: 's', digit: 'd', check: 'c' }, name: 'Bolt' }] },
      },
      machines: {
        sdl: `
          type Query { machine: Machine }
          type Machine @key(fields: "id") { id: ID! parts: [Part!]! }
          type Part
            @key(fields: "code { series digit }", resolvable: false)
            @key(fields: "id code { digit check }", resolvable: true)
            @key(fields: "number", resolvable: false) @key(fields: "id", resolvable: false) {
            id: ID! number: ID! code: Code! name: String! @external label: String! @requires(fields: "name")
          }
          type Code { series: ID! digit: ID! check: ID! }`,
        query: {
          machine: { id: 'm', parts: [{ id: 'x', number: 'n', code: { series: 's', digit: 'd', check: 'c' } }] },
        },
        entities: {
          Machine: [],
          Part: [
            {
              id: 'x',
              number: 'n',
              code: { series: 's', digit: 'd', check: 'c' },
              label: function (this: { name: string }) {
                return `${this.name} in a machine`;
              },
            },
          ],
        },
      },
    },
    cases: [
      {
        query: '{ machine { id parts { id name label } } }',
        data: { machine: { id: 'm', parts: [{ id: 'x', name: 'Bolt', label: 'Bolt in a machine' }] } },
      },
      { query: '{ machine { parts { label } } }', data: { machine: { parts: [{ label: 'Bolt in a machine' }] } } },
    ],
  },
  {
    title: 'an entity without the key that leads to the next subgraph',
    subgraphs: {
      boxes: {
        sdl: `
          type Query { boxes: [Box] }
          type Box { tool: Tool }
          type Tool @key(fields: "code") { code: ID! }`,
        query: { boxes: [{ tool: { code: 'c1' } }, { tool: { code: 'c2' } }, { tool: { code: 'c3' } }] },
        entities: { Tool: [] },
      },
      ids: {
        sdl: `type Tool @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }`,
        entities: {
          Tool: [
            { id: '1', code: 'c1' },
            { id: '2', code: 'c2' },
          ],
        },
      },
      makers: {
        sdl: `type Tool @key(fields: "id") { id: ID! maker: Maker } type Maker { id: ID! name: String }`,
        entities: {
          Tool: [
            { id: '1', maker: { id: 'a', name: 'Ana' } },
            { id: '2', maker: { id: 'b', name: 'Ben' } },
          ],
        },
      },
    },
    cases: [
      {
        query: '{ boxes { tool { code maker { name } } } }',
        data: {
          boxes: [
            { tool: { code: 'c1', maker: { name: 'Ana' } } },
            { tool: { code: 'c2', maker: { name: 'Ben' } } },
            { tool: { code: 'c3', maker: null } },
          ],
        },
      },
    ],
  },
];
