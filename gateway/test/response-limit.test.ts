import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

const limit = 50_000;
const refusal = {
  message: `query: the response exceeds ${limit} bytes: select fewer fields or shorter lists`,
  extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'query', message: expect.any(String) }] },
};

let books: Subgraph;
let authors: Subgraph;
let gateway: Gateway;

beforeAll(async () => {
  books = await openSubgraph({
    name: 'books',
    sdl: `type Query { books(count: Int!): [Book!] texts(count: Int!): [String!] text(length: Int!): String }
      type Book { title: String author: Author } type Author @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        books: (_: unknown, { count }: { count: number }) =>
          Array(count).fill({ title: 'A title', author: { id: '1' } }),
        texts: (_: unknown, { count }: { count: number }) => Array(count).fill('x'.repeat(97)),
        text: (_: unknown, { length }: { length: number }) => 'x'.repeat(length),
      },
    },
  });
  authors = await openSubgraph({
    name: 'authors',
    sdl: 'type Query { author: Author } type Author @key(fields: "id") { id: ID! biography: String }',
    resolvers: { Author: { __resolveReference: ({ id }: { id: string }) => ({ id, biography: 'b'.repeat(1_000) }) } },
  });
  gateway = await openGateway([books, authors], { RESPONSE_LIMIT_BYTES: String(limit), GUARD_COST: '1000000' });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([books.close(), authors.close()]);
});

test.each([
  ['an entity that is repeated', '{ books(count: 60) { author { biography } } }'],
  ['a list of texts', '{ texts(count: 550) }'],
  [
    'many small fields',
    `{ books(count: 400) { ${Array.from({ length: 15 }, (_, at) => `t${at}: title`).join(' ')} } }`,
  ],
])('a response that is too large is cut: %s', async (_, document) => {
  const { data, errors } = await gateway.query(document);
  expect([data, errors]).toEqual([null, [refusal]]);
});

test('a response of a service that is too large is an error of its fields only', async () => {
  const { data, errors } = await gateway.query('{ text(length: 200000) author { id } }');
  expect(data).toEqual({ text: null, author: null });
  expect(errors).toEqual([{ ...refusal, path: ['text'] }]);
});

test('a response below the limit is complete, with repeated entities', async () => {
  const { data, errors } = await gateway.query('{ books(count: 40) { title author { biography } } }');
  expect(errors).toEqual([]);
  expect(data.books).toHaveLength(40);
});
