import type { Topic } from '../topic.js';

const pieces = [
  { id: 'p1', code: 'op-1', genre: { id: 'g1', tag: 'quartet' } },
  { id: 'p2', code: 'op-2', genre: { id: 'g1', tag: 'quartet' } },
];
const withoutGenre = pieces.map(({ id, code }) => ({ id, code }));
const ana = { __typename: 'Member', id: 'm1', name: 'Ana' };
const guest = { __typename: 'Guest', id: 'g1', name: 'Gil' };

export const entityTopics: readonly Topic[] = [
  {
    title: 'an entity of another subgraph',
    subgraphs: {
      members: {
        sdl: `type Query { member: Member } type Member @key(fields: "id") { id: ID! email: String! }`,
        query: { member: { id: 'm1', email: 'ana@club.example' } },
        entities: { Member: [{ id: 'm1', email: 'ana@club.example' }] },
      },
      badges: {
        sdl: `type Member @key(fields: "email") { email: String! @external badge: String! }`,
        entities: { Member: [{ email: 'ana@club.example', badge: 'gold' }] },
      },
    },
    cases: [
      { query: '{ member { id badge } }', data: { member: { id: 'm1', badge: 'gold' } } },
      { query: '{ member { badge } }', data: { member: { badge: 'gold' } } },
    ],
  },
  {
    title: 'keys of several levels and lists',
    subgraphs: {
      evenings: {
        sdl: `
          type Query { evening: Evening! }
          type Evening @key(fields: "pieces { id }") { pieces: [Piece!]! }
          type Piece @extends @key(fields: "id") { id: String! @external genre: Genre @shareable }
          type Genre @key(fields: "id") { leader: Piece! @shareable id: String! tag: String @shareable }`,
        query: {
          evening: {
            pieces: pieces.map(({ id, genre }) => ({ id, genre: { ...genre, leader: { id: 'p2' } } })),
          },
        },
        entities: {
          Piece: pieces.map(({ id, genre }) => ({ id, genre: { ...genre, leader: { id: 'p2' } } })),
          Genre: [{ id: 'g1', tag: 'quartet', leader: { id: 'p2' } }],
        },
      },
      codes: {
        sdl: `type Piece @key(fields: "id") @key(fields: "id code") { id: String! code: String! }`,
        entities: { Piece: withoutGenre },
      },
      running: {
        sdl: `
          type Evening @key(fields: "pieces { id code }") {
            pieces: [Piece!]! opener: Piece @shareable encore: Piece @shareable
          }
          type Piece @key(fields: "id code") { id: String! code: String }`,
        entities: {
          Evening: [{ pieces: withoutGenre, opener: withoutGenre[0], encore: withoutGenre[1] }],
          Piece: withoutGenre,
        },
      },
      fees: {
        sdl: `
          type Evening @key(fields: "pieces { id code genre { id tag } } encore { id }") {
            pieces: [Piece!]! opener: Piece @shareable encore: Piece @shareable
          }
          type Piece @key(fields: "id code genre { id tag }") { id: String! fee: Fee code: String genre: Genre }
          type Genre @key(fields: "id tag") { id: String! tag: String }
          type Fee { amount: Float! }`,
        entities: {
          Evening: [{ pieces, opener: pieces[0], encore: pieces[1] }],
          Piece: pieces.map((piece, index) => ({ ...piece, fee: { amount: 100 + index } })),
          Genre: [{ id: 'g1', tag: 'quartet' }],
        },
      },
    },
    cases: [
      {
        query:
          '{ evening { pieces { id code fee { amount } genre { leader { id } id tag } } encore { id } opener { id } } }',
        data: {
          evening: {
            pieces: pieces.map(({ id, code, genre }, index) => ({
              id,
              code,
              fee: { amount: 100 + index },
              genre: { leader: { id: 'p2' }, ...genre },
            })),
            encore: { id: 'p2' },
            opener: { id: 'p1' },
          },
        },
      },
    ],
  },
  {
    title: 'fields of a value type, reached through its parent entity',
    subgraphs: {
      garden: {
        sdl: `
          type Query { plants: [Plant!]! }
          type Plant @key(fields: "id") @key(fields: "id label") { id: ID! label: ID! bed: Bed @shareable }
          type Bed @key(fields: "id") { id: ID! name: String! @shareable }`,
        query: { plants: [{ id: '1', label: 'rose', bed: { id: 'b1', name: 'South' } }] },
        entities: { Plant: [{ id: '1', label: 'rose', bed: { id: 'b1', name: 'South' } }] },
      },
      map: {
        sdl: `
          type Plant @key(fields: "id label") { id: ID! label: ID! bed: Bed @shareable }
          type Bed @key(fields: "id") { id: ID! name: String! @shareable }`,
        entities: { Plant: [{ id: '1', label: 'rose', bed: { id: 'b1', name: 'South' } }] },
      },
      weather: {
        sdl: `
          type Bed { sun: Sun }
          type Plant @key(fields: "id label") { id: ID! label: ID! bed: Bed @shareable }
          type Sun { hours: Int }`,
        entities: { Plant: [{ id: '1', label: 'rose', bed: { sun: { hours: 8 } } }] },
      },
    },
    cases: [
      {
        query: '{ plants { id bed { id sun { hours } } } }',
        data: { plants: [{ id: '1', bed: { id: 'b1', sun: { hours: 8 } } }] },
      },
      {
        query: '{ plants { bed { sun { hours } name } } }',
        data: { plants: [{ bed: { sun: { hours: 8 }, name: 'South' } }] },
      },
    ],
  },
  {
    title: 'a value type with a field in each of several subgraphs',
    subgraphs: {
      depths: {
        sdl: `
          type Boat @key(fields: "id") { id: ID @external berth: Berth @shareable }
          type Berth { depth: String }`,
        entities: { Boat: [{ id: '1', berth: { depth: '3 m' } }] },
      },
      places: {
        sdl: `
          type Boat @key(fields: "id") { id: ID @external berth: Berth @shareable }
          type Berth { id: ID @shareable }`,
        entities: { Boat: [{ id: '1', berth: { id: 'north-4' } }] },
      },
      names: {
        sdl: `type Berth @key(fields: "id") { id: ID name: String }`,
        entities: { Berth: [{ id: 'north-4', name: 'North quay 4' }] },
      },
      boats: {
        sdl: `type Query { boat(id: ID!): Boat } type Boat @key(fields: "id") { id: ID name: String }`,
        query: { boat: ({ id }: { id: string }) => ({ id, name: 'Heron' }) },
        entities: { Boat: [{ id: '1', name: 'Heron' }] },
      },
    },
    cases: [
      {
        query: '{ boat(id: "1") { id name berth { id name depth } } }',
        data: { boat: { id: '1', name: 'Heron', berth: { id: 'north-4', name: 'North quay 4', depth: '3 m' } } },
      },
      { query: '{ boat(id: "1") { berth { depth } } }', data: { boat: { berth: { depth: '3 m' } } } },
    ],
  },
  {
    title: 'a field whose type differs in nullability between types and subgraphs',
    subgraphs: {
      list: {
        sdl: `type Member { id: ID @shareable } type Query { members: [Member!]! }`,
        query: { members: [{ id: 'm1' }] },
      },
      people: {
        sdl: `
          type Query { people: [Person!]! }
          union Person = Member | Guest
          type Member @key(fields: "id") { id: ID! name: String friends: [Person!]! }
          type Guest { id: ID name: String @shareable friends: [Person!]! }`,
        query: {
          people: [
            {
              ...ana,
              friends: [
                { ...ana, friends: [] },
                { ...guest, friends: [] },
              ],
            },
            { ...guest, friends: [{ ...ana, friends: [] }] },
          ],
        },
        entities: { Member: [{ id: 'm1', name: 'Ana', friends: [] }] },
      },
    },
    cases: [
      {
        query: '{ members { id name } people { ... on Member { id name } ... on Guest { id name } } }',
        data: {
          members: [{ id: 'm1', name: 'Ana' }],
          people: [
            { id: 'm1', name: 'Ana' },
            { id: 'g1', name: 'Gil' },
          ],
        },
      },
      {
        query: `{ people { ... on Member { id friends { ... on Member { id name } ... on Guest { id name } } }
          ... on Guest { id friends { ... on Member { id name } ... on Guest { id name } } } } }`,
        data: {
          people: [
            {
              id: 'm1',
              friends: [
                { id: 'm1', name: 'Ana' },
                { id: 'g1', name: 'Gil' },
              ],
            },
            { id: 'g1', friends: [{ id: 'm1', name: 'Ana' }] },
          ],
        },
      },
      {
        query: '{ people { ... on Guest { name friends { ... on Member { name } } } } }',
        data: { people: [{}, { name: 'Gil', friends: [{ name: 'Ana' }] }] },
      },
    ],
  },
  {
    title: 'an interface that no single subgraph resolves completely',
    subgraphs: {
      people: {
        sdl: `
          type Query { node(id: ID!): Node @shareable person(id: String!): Person }
          interface Node { id: ID! }
          type Person implements Node @key(fields: "id") { id: ID! name: String! }
          type Room implements Node @key(fields: "id") { id: ID! @external owner: Person! }`,
        query: {
          node: ({ id }: { id: string }) =>
            id === 'p1'
              ? { __typename: 'Person', id, name: 'Ana' }
              : { __typename: 'Room', id, owner: { id: 'p1', name: 'Ana' } },
          person: ({ id }: { id: string }) => ({ id, name: 'Ana' }),
        },
        entities: { Person: [{ id: 'p1', name: 'Ana' }], Room: [{ id: 'r1', owner: { id: 'p1', name: 'Ana' } }] },
      },
      rooms: {
        sdl: `
          type Query { node(id: ID!): Node @shareable room(id: String!): Room }
          interface Node { id: ID! }
          type Person implements Node @key(fields: "id") { id: ID! @external rooms: [Room!]! }
          type Room implements Node @key(fields: "id") { id: ID! title: String! }`,
        query: {
          node: ({ id }: { id: string }) =>
            id === 'p1' ? { __typename: 'Person', id, rooms: [] } : { __typename: 'Room', id, title: 'Hall' },
          room: ({ id }: { id: string }) => ({ id, title: 'Hall' }),
        },
        entities: { Person: [{ id: 'p1', rooms: [{ id: 'r1', title: 'Hall' }] }], Room: [{ id: 'r1', title: 'Hall' }] },
      },
    },
    cases: [
      { query: '{ node(id: "p1") { id } }', errors: true },
      {
        query: '{ a: node(id: "p1") { __typename } b: node(id: "r1") { __typename } }',
        data: { a: { __typename: 'Person' }, b: { __typename: 'Room' } },
      },
      {
        query: '{ a: node(id: "p1") { ... on Person { id name } } b: node(id: "r1") { ... on Room { id title } } }',
        data: { a: { id: 'p1', name: 'Ana' }, b: { id: 'r1', title: 'Hall' } },
      },
      {
        query: '{ a: node(id: "p1") { __typename ... on Room { id } } b: node(id: "r1") { ... on Person { id } } }',
        data: { a: { __typename: 'Person' }, b: {} },
      },
      {
        query: '{ room(id: "r1") { id title owner { id } } }',
        data: { room: { id: 'r1', title: 'Hall', owner: { id: 'p1' } } },
      },
      {
        query: '{ person(id: "p1") { id name rooms { id } } }',
        data: { person: { id: 'p1', name: 'Ana', rooms: [{ id: 'r1' }] } },
      },
    ],
  },
];
