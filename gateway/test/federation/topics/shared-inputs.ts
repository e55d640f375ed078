import type { Topic } from '../topic.js';

const users = [
  { id: 'u1', kind: 'MEMBER' },
  { id: 'u2', kind: 'HIDDEN' },
];

export const sharedInputTopics: readonly Topic[] = [
  {
    title: 'an enum value that is inaccessible',
    subgraphs: {
      a: {
        sdl: `
          type Query { users: [User] }
          type User @key(fields: "id") { id: ID kind: Kind @shareable }
          enum Kind { MEMBER }`,
        query: { users },
        entities: { User: users },
      },
      b: {
        sdl: `
          type Query { usersOf(kind: Kind!): [User!] others: [User!] }
          extend type User @key(fields: "id") { id: ID kind: Kind @shareable }
          enum Kind { HIDDEN @inaccessible MEMBER }`,
        query: {
          usersOf: ({ kind }: { kind: string }) => users.filter((user) => user.kind === kind),
          others: users,
        },
        entities: { User: users },
      },
    },
    cases: [
      { query: '{ users { id } }', data: { users: [{ id: 'u1' }, { id: 'u2' }] } },
      {
        query: '{ users { id kind } }',
        data: {
          users: [
            { id: 'u1', kind: 'MEMBER' },
            { id: 'u2', kind: null },
          ],
        },
        errors: true,
      },
      { query: '{ usersOf(kind: MEMBER) { id kind } }', data: { usersOf: [{ id: 'u1', kind: 'MEMBER' }] } },
      { query: '{ usersOf(kind: HIDDEN) { id } }', errors: true },
    ],
  },
  {
    title: 'an input type with different fields in different subgraphs',
    subgraphs: {
      a: {
        sdl: `
          input Page { first: Int! }
          type Query { inA(page: Page!): [User!] }
          type User @key(fields: "id") { id: ID! name: String! @shareable }`,
        query: {
          inA: ({ page }: { page: { first: number } }) =>
            users.slice(0, page.first).map(({ id }) => ({ id, name: id })),
        },
      },
      b: {
        sdl: `
          input Page { skip: Int first: Int! }
          type Query { inB(page: Page!): [User!] }
          type User @key(fields: "id") { id: ID! name: String! @shareable }`,
        query: { inB: [{ id: 'u1', name: 'u1' }] },
      },
    },
    cases: [
      { query: '{ inA(page: { first: 1 }) { id } }', data: { inA: [{ id: 'u1' }] } },
      { query: '{ inA(page: { first: 1, skip: 2 }) { id } }', errors: true },
      { query: '{ inB(page: { first: 1, skip: 2 }) { id } }', errors: true },
      {
        query: 'query ($page: Page!) { inA(page: $page) { id } }',
        variables: { page: { first: 2 } },
        data: { inA: [{ id: 'u1' }, { id: 'u2' }] },
      },
    ],
  },
  {
    title: 'an inaccessible argument with a default',
    subgraphs: {
      ages: {
        sdl: `type Query { people: [User!]! @shareable } type User @key(fields: "id") { id: ID age: Int }`,
        query: { people: [{ id: 'u1', age: 30 }] },
        entities: {
          User: [
            { id: 'u1', age: 30 },
            { id: 'u2', age: 40 },
          ],
        },
      },
      kin: {
        sdl: `
          type Query { relatives: [User!]! }
          type User @key(fields: "id") { id: ID kin(tie: Tie = FAMILY @inaccessible): [User!]! tie: Tie }
          enum Tie { FAMILY @inaccessible FRIEND }`,
        query: { relatives: [{ id: 'u1', kin: byTie('u2') }] },
        entities: {
          User: [
            { id: 'u1', kin: byTie('u2') },
            { id: 'u2', kin: byTie('u1') },
          ],
        },
      },
    },
    cases: [
      { query: '{ people { id age kin { id } } }', data: { people: [{ id: 'u1', age: 30, kin: [{ id: 'u2' }] }] } },
      {
        query: '{ relatives { id kin { id age } } }',
        data: { relatives: [{ id: 'u1', kin: [{ id: 'u2', age: 40 }] }] },
      },
      { query: '{ relatives { id kin(tie: FRIEND) { id } } }', errors: true },
      { query: '{ relatives { kin { tie } } }', data: { relatives: [{ kin: [{ tie: null }] }] } },
    ],
  },
];

/** A resolver that finds the relative only with the default of the argument. */
function byTie(id: string) {
  return ({ tie }: { tie: string }) => (tie === 'FAMILY' ? [{ id, tie: null }] : []);
}
