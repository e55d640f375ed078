import type { Topic } from '../topic.js';

const shelf = [{ id: 's1', name: 'Maps', parts: [{ id: 's2', name: 'Sea maps' }] }];
const dog = { __typename: 'Dog', id: 'a1' };
const cat = { __typename: 'Cat', id: 'a2' };

export const providedFieldTopics: readonly Topic[] = [
  {
    title: 'provided fields below provided fields',
    subgraphs: {
      books: { sdl: `type Book @key(fields: "id") { id: ID! }`, entities: { Book: [{ id: 'b1' }] } },
      shelves: {
        sdl: `
          type Query { books: [Book] @shareable @provides(fields: "shelves { id name parts { id name } }") }
          type Book @key(fields: "id") { id: ID! shelves: [Shelf] @external }
          type Shelf @key(fields: "id") { id: ID! name: String parts: [Shelf] @external }`,
        query: { books: [{ id: 'b1', shelves: shelf }] },
      },
      parts: {
        sdl: `
          type Book @key(fields: "id") { id: ID! shelves: [Shelf] @shareable }
          type Shelf @key(fields: "id") { id: ID! parts: [Shelf] @shareable }`,
        entities: { Book: [{ id: 'b1', shelves: [{ id: 's1' }] }], Shelf: [{ id: 's1', parts: [{ id: 's2' }] }] },
      },
    },
    cases: [
      {
        query: '{ books { id shelves { id name } } }',
        data: { books: [{ id: 'b1', shelves: [{ id: 's1', name: 'Maps' }] }] },
      },
      {
        query: '{ books { id shelves { id name parts { id name } } } }',
        data: { books: [{ id: 'b1', shelves: shelf }] },
      },
    ],
  },
  {
    title: 'provided fields of an interface',
    subgraphs: {
      books: {
        sdl: `
          type Query { medium: Medium @shareable book: Book @provides(fields: "animals { ... on Dog { name } }") }
          interface Medium { id: ID! }
          interface Animal { id: ID! }
          type Book implements Medium @key(fields: "id") { id: ID! animals: [Animal] @shareable }
          type Dog implements Animal @key(fields: "id") { id: ID! @external name: String @external }
          type Cat implements Animal @key(fields: "id") { id: ID! @external }`,
        query: {
          medium: { __typename: 'Book', id: 'b1', animals: [dog, cat] },
          book: { id: 'b1', animals: [{ ...dog, name: 'Rex' }, cat] },
        },
        entities: { Book: [{ id: 'b1', animals: [dog, cat] }], Dog: [dog], Cat: [cat] },
      },
      media: {
        sdl: `
          type Query { medium: Medium @shareable @provides(fields: "animals { id name }") }
          interface Medium { id: ID! animals: [Animal] }
          interface Animal { id: ID! name: String }
          type Book implements Medium { id: ID! @shareable animals: [Animal] @external }
          type Dog implements Animal { id: ID! @external name: String @external }
          type Cat implements Animal { id: ID! @external name: String @external }`,
        query: {
          medium: {
            __typename: 'Book',
            id: 'b1',
            animals: [
              { ...dog, name: 'Rex' },
              { ...cat, name: 'Tom' },
            ],
          },
        },
      },
      animals: {
        sdl: `
          interface Medium { id: ID! animals: [Animal] }
          interface Animal { id: ID! name: String }
          type Book implements Medium @key(fields: "id") { id: ID! animals: [Animal] @shareable }
          type Dog implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int }
          type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int }`,
        entities: {
          Book: [
            {
              id: 'b1',
              animals: [
                { ...dog, name: 'Rex', age: 4 },
                { ...cat, name: 'Tom', age: 6 },
              ],
            },
          ],
          Dog: [{ id: 'a1', name: 'Rex', age: 4 }],
          Cat: [{ id: 'a2', name: 'Tom', age: 6 }],
        },
      },
    },
    cases: [
      {
        query: '{ medium { id animals { id name } } }',
        data: {
          medium: {
            id: 'b1',
            animals: [
              { id: 'a1', name: 'Rex' },
              { id: 'a2', name: 'Tom' },
            ],
          },
        },
      },
      {
        query: '{ medium { id animals { id name ... on Cat { age } } } }',
        data: {
          medium: {
            id: 'b1',
            animals: [
              { id: 'a1', name: 'Rex' },
              { id: 'a2', name: 'Tom', age: 6 },
            ],
          },
        },
      },
      { query: '{ book { animals { ... on Dog { name } } } }', data: { book: { animals: [{ name: 'Rex' }, {}] } } },
    ],
  },
  {
    title: 'provided fields of a union',
    subgraphs: {
      ids: {
        sdl: `
          type Query { media: [Medium] @shareable }
          union Medium = Book | Film
          type Book @key(fields: "id") { id: ID! }
          type Film @key(fields: "id") { id: ID! }`,
        query: {
          media: [
            { __typename: 'Book', id: 'b1' },
            { __typename: 'Film', id: 'f1' },
          ],
        },
        entities: { Book: [{ id: 'b1' }], Film: [{ id: 'f1' }] },
      },
      books: {
        sdl: `
          type Query { media: [Medium] @shareable @provides(fields: "... on Book { title }") }
          union Medium = Book | Film
          type Book @key(fields: "id") { id: ID! title: String @external }
          type Film @key(fields: "id") { id: ID! }`,
        query: {
          media: [
            { __typename: 'Book', id: 'b1', title: 'Dune' },
            { __typename: 'Film', id: 'f1' },
          ],
        },
        entities: { Book: [{ id: 'b1' }], Film: [{ id: 'f1' }] },
      },
      titles: {
        sdl: `
          type Book @key(fields: "id") { id: ID! title: String @shareable }
          type Film @key(fields: "id") { id: ID! title: String @shareable }`,
        entities: { Book: [{ id: 'b1', title: 'Dune' }], Film: [{ id: 'f1', title: 'Heat' }] },
      },
    },
    cases: [
      {
        query: '{ media { ... on Book { id title } ... on Film { id } } }',
        data: { media: [{ id: 'b1', title: 'Dune' }, { id: 'f1' }] },
      },
      {
        query: '{ media { ... on Book { id title } ... on Film { id title } } }',
        data: {
          media: [
            { id: 'b1', title: 'Dune' },
            { id: 'f1', title: 'Heat' },
          ],
        },
      },
    ],
  },
];
