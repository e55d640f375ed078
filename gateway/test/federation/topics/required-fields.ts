import type { Row, Topic } from '../topic.js';

/** A resolver that computes a field from the object and its representation. */
function computed(compute: (parent: Row) => unknown): unknown {
  return function (this: Row) {
    return compute(this);
  };
}

const homes = [
  { __typename: 'House', id: 'a1', town: 'Lund' },
  { __typename: 'Office', id: 'a2', town: 'Oslo' },
];

export const requiredFieldTopics: readonly Topic[] = [
  {
    title: 'required fields under @skip and @include',
    subgraphs: {
      prices: {
        sdl: `type Query { ticket: Ticket } type Ticket @key(fields: "id") { id: ID! price: Float! }`,
        query: { ticket: { id: 't1', price: 90 } },
        entities: { Ticket: [{ id: 't1', price: 90 }] },
      },
      classes: {
        sdl: `
          type Ticket @key(fields: "id") {
            id: ID! price: Float! @external isFirstClass: Boolean! @requires(fields: "price")
          }`,
        entities: { Ticket: [{ id: 't1', isFirstClass: computed(({ price }) => (price as number) > 50) }] },
      },
      lounges: {
        sdl: `
          type Ticket @key(fields: "id") {
            id: ID! isFirstClass: Boolean! @external
            lounge: Boolean! @requires(fields: "isFirstClass") closedLounge: Boolean! @requires(fields: "isFirstClass")
          }`,
        entities: { Ticket: [{ id: 't1', lounge: computed(({ isFirstClass }) => isFirstClass) }] },
      },
    },
    cases: [
      {
        query: 'query ($on: Boolean = false) { ticket { price closedLounge @include(if: $on) } }',
        data: { ticket: { price: 90 } },
      },
      {
        query: 'query ($on: Boolean = true) { ticket { price closedLounge @skip(if: $on) } }',
        data: { ticket: { price: 90 } },
      },
      {
        query: 'query ($on: Boolean = true) { ticket { price lounge @include(if: $on) } }',
        data: { ticket: { price: 90, lounge: true } },
      },
      {
        query: 'query ($on: Boolean!) { ticket { lounge @skip(if: $on) isFirstClass @include(if: $on) } }',
        variables: { on: true },
        data: { ticket: { isFirstClass: true } },
      },
    ],
  },
  {
    title: 'required fields that lead back to the first subgraph',
    subgraphs: {
      authors: {
        sdl: `
          type Query { essays: [Essay] }
          type Essay @key(fields: "id") {
            id: ID! byBeginner: Boolean! @external byMaster: Boolean! @requires(fields: "byBeginner")
          }
          type Author @key(fields: "id") { id: ID! name: String! years: Int! }`,
        query: { essays: [{ id: 'e1' }, { id: 'e2' }] },
        entities: {
          Essay: ['e1', 'e2'].map((id) => ({ id, byMaster: computed(({ byBeginner }) => !byBeginner) })),
          Author: [
            { id: 'u1', name: 'Ana', years: 1 },
            { id: 'u2', name: 'Ben', years: 20 },
          ],
        },
      },
      essays: {
        sdl: `
          type Essay @key(fields: "id") {
            id: ID! author: Author! byBeginner: Boolean! @requires(fields: "author { years }")
          }
          type Author @key(fields: "id") { id: ID! years: Int! @external }`,
        entities: {
          Essay: ['1', '2'].map((number) => ({
            id: `e${number}`,
            byBeginner: computed(({ representation }) => (((representation as Row).author as Row).years as number) < 5),
            author: { id: `u${number}` },
          })),
          Author: [{ id: 'u1' }, { id: 'u2' }],
        },
      },
    },
    cases: [
      { query: '{ essays { byBeginner } }', data: { essays: [{ byBeginner: true }, { byBeginner: false }] } },
      { query: '{ essays { byMaster } }', data: { essays: [{ byMaster: false }, { byMaster: true }] } },
      {
        query: '{ essays { byMaster author { name } byBeginner } }',
        data: {
          essays: [
            { byMaster: false, author: { name: 'Ana' }, byBeginner: true },
            { byMaster: true, author: { name: 'Ben' }, byBeginner: false },
          ],
        },
      },
    ],
  },
  {
    title: 'required fields of an interface',
    subgraphs: {
      letters: {
        sdl: `
          type Query { sender: Person }
          interface Home { id: ID! }
          type House implements Home @key(fields: "id") { id: ID! town: String @shareable }
          type Office implements Home @key(fields: "id") { id: ID! town: String @shareable }
          type Person @key(fields: "id") {
            id: ID! name: String! @shareable home: Home @external
            stamp: String @requires(fields: "home { id }") company: String @requires(fields: "home { ... on Office { id } }")
          }`,
        query: { sender: { id: 'u1', name: 'Ana' } },
        entities: {
          Person: ['u1', 'u2'].map((id) => ({
            id,
            name: id,
            stamp: computed(({ home }) => `stamp ${String((home as Row).id)}`),
            company: computed(({ home }) => ((home as Row).id ? `company ${String((home as Row).id)}` : null)),
          })),
          House: homes.slice(0, 1),
          Office: homes.slice(1),
        },
      },
      homes: {
        sdl: `
          type Query { receiver: Person }
          interface Home { id: ID! }
          type House implements Home @key(fields: "id") { id: ID! town: String @shareable }
          type Office implements Home @key(fields: "id") { id: ID! town: String @shareable }
          type Cabin implements Home @key(fields: "id") { id: ID! town: String @shareable }
          type Person @key(fields: "id") { id: ID! name: String! @shareable home: Home @shareable }`,
        query: { receiver: { id: 'u2', name: 'u2', home: homes[1] } },
        entities: {
          Person: [
            { id: 'u1', name: 'u1', home: homes[0] },
            { id: 'u2', name: 'u2', home: homes[1] },
          ],
        },
      },
    },
    cases: [
      { query: '{ sender { stamp } }', data: { sender: { stamp: 'stamp a1' } } },
      { query: '{ receiver { stamp } }', data: { receiver: { stamp: 'stamp a2' } } },
      { query: '{ sender { company } }', data: { sender: { company: null } } },
      { query: '{ receiver { company } }', data: { receiver: { company: 'company a2' } } },
      { query: '{ sender { home { __typename id } } }', data: { sender: { home: { __typename: 'House', id: 'a1' } } } },
    ],
  },
  {
    title: 'required fields that require other fields',
    subgraphs: {
      prices: {
        sdl: `type Ticket @key(fields: "id") { id: ID! price: Float! @inaccessible }`,
        entities: { Ticket: [{ id: 't1', price: 90 }] },
      },
      offers: {
        sdl: `type Query { ticket: Ticket } type Ticket @key(fields: "id") { id: ID! isOffer: Boolean! }`,
        query: { ticket: { id: 't1', isOffer: true } },
        entities: { Ticket: [{ id: 't1', isOffer: true }] },
      },
      classes: {
        sdl: `
          type Ticket @key(fields: "id") {
            id: ID! price: Float! @external isFirstClass: Boolean! @requires(fields: "price")
            isOffer: Boolean! @external isCheap: Boolean! @requires(fields: "isOffer")
          }`,
        entities: {
          Ticket: [
            {
              id: 't1',
              isFirstClass: computed(({ price }) => (price as number) > 50),
              isCheap: computed(({ isOffer }) => isOffer),
            },
          ],
        },
      },
      students: {
        sdl: `
          type Ticket @key(fields: "id") {
            id: ID! isFirstClass: Boolean! @external forStudents: Boolean! @requires(fields: "isFirstClass")
            isCheap: Boolean! @external forPupils: Boolean! @requires(fields: "isCheap")
          }`,
        entities: {
          Ticket: [
            {
              id: 't1',
              forStudents: computed(({ isFirstClass }) => !isFirstClass),
              forPupils: computed(({ isCheap }) => isCheap),
            },
          ],
        },
      },
    },
    cases: [
      { query: '{ ticket { forStudents } }', data: { ticket: { forStudents: false } } },
      {
        query: '{ ticket { isFirstClass forStudents } }',
        data: { ticket: { isFirstClass: true, forStudents: false } },
      },
      { query: '{ ticket { forPupils } }', data: { ticket: { forPupils: true } } },
      { query: '{ ticket { forStudents forPupils } }', data: { ticket: { forStudents: false, forPupils: true } } },
      { query: '{ ticket { price } }', errors: true },
    ],
  },
  {
    title: 'required fields in fragments on interfaces',
    subgraphs: {
      shapes: {
        sdl: `
          type Query @shareable { first: Drawing }
          type Drawing @key(fields: "id") { id: ID! shape: Shape }
          interface Shape { colour: String! }
          interface Round implements Shape { colour: String! radius: String! }
          type Circle implements Shape & Round @shareable { colour: String! radius: String! centre: String! }
          type Ring implements Shape & Round @shareable { colour: String! radius: String! width: String! }`,
        query: { first: { id: 'd1', shape: ring('d1') } },
        entities: {
          Drawing: [
            { id: 'd1', shape: ring('d1') },
            { id: 'd2', shape: { ...ring('d2'), __typename: 'Circle', centre: 'x' } },
          ],
        },
      },
      captions: {
        sdl: `
          type Query @shareable { second: Drawing third: Drawing }
          type Drawing @key(fields: "id") {
            id: ID! shape: Shape @external
            caption: String! @requires(fields: "shape { colour ... on Round { radius ... on Circle { centre } ... on Ring { width } } }")
            colourCaption: String! @requires(fields: "shape { ... on Shape { colour } }")
          }
          interface Shape { colour: String! }
          interface Round implements Shape { colour: String! radius: String! }
          type Circle implements Shape & Round @shareable @inaccessible { colour: String! radius: String! centre: String! }
          type Ring implements Shape & Round @shareable { colour: String! radius: String! width: String! }`,
        query: { second: { id: 'd2' }, third: { id: 'd1' } },
        entities: {
          Drawing: ['d1', 'd2'].map((id) => ({
            id,
            caption: computed(({ shape }) => {
              const { colour, radius, centre, width } = shape as Row;
              return [colour, radius, centre ?? width].join(' ');
            }),
            colourCaption: computed(({ shape }) => (shape as Row).colour),
          })),
        },
      },
    },
    cases: [
      {
        query: '{ second { id shape { __typename } } third { id shape { __typename } } }',
        data: { second: { id: 'd2', shape: null }, third: { id: 'd1', shape: { __typename: 'Ring' } } },
        errors: true,
      },
      { query: '{ first { caption } }', data: { first: { caption: 'd1-red d1-radius d1-width' } } },
      {
        query: '{ second { shape { __typename } caption } }',
        data: { second: { shape: null, caption: 'd2-red d2-radius x' } },
        errors: true,
      },
      {
        query: '{ third { shape { __typename } colourCaption } }',
        data: { third: { shape: { __typename: 'Ring' }, colourCaption: 'd1-red' } },
      },
    ],
  },
];

function ring(id: string): Row {
  return { __typename: 'Ring', colour: `${id}-red`, radius: `${id}-radius`, width: `${id}-width` };
}
