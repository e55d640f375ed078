import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { lintSdls } from '../src/sdl-lint.js';
import { subgraphs } from '../src/services.js';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@listSize"])\n';

function lint(sdl: string): string[] {
  return lintSdls([{ name: 'books', url: 'http://books', sdl: link + sdl }]).map(
    ({ line, column, rule, message }) => `${line === undefined ? '' : `${line}:${column} `}${rule}: ${message}`,
  );
}

describe('the rules for SDLs', () => {
  test('require a description of types, fields, arguments, input fields and enum values', () => {
    const sdl = `
      type Query { book(id: ID): Book }
      type Book { title: String }
      enum Kind { NOVEL }
      input BookInput { title: String }
    `;
    expect(lint(sdl).map((one) => one.replace(/^\S+ description: | has no description$/g, ''))).toEqual([
      ...['Query.book', 'Query.book(id)', 'Book', 'Book.title', 'Kind', 'Kind.NOVEL', 'BookInput', 'BookInput.title'],
    ]);
    expect(lint('type Query { "All." a("One." id: ID): Int }')).toEqual([]);
  });

  test('require no description of the parts that another service owns', () => {
    const sdl = `
      type User @key(fields: "id") { id: ID! handle: String @external "Books of the user." book: String }
      extend type Shop @key(fields: "id") { id: ID! @external "Sold." sold: Int }
    `;
    expect(lint(sdl)).toEqual([]);
  });

  test('require names in the usual case', () => {
    const sdl = `
      "Books." type book_list { "A." Title: String "B." ok("C." First: Int): Int }
      "Kinds." enum Kind { "N." novel "E." SHORT_STORY }
      "Like." input Like { "T." title: String }
      "Filter." input BookFilter { "T." title: String }
    `;
    expect(lint(sdl).map((one) => one.replace(/^(\d+):\d+ name: ([^:]+):.*/, '$1 $2'))).toEqual([
      ...['3 book_list', '3 book_list.Title', '3 book_list.ok(First)', '4 Kind.novel', '5 Like'],
    ]);
  });

  test('require a size of every list, its own or that of the field that returns its connection', () => {
    const sdl = `
      type Query {
        "A." unsized: [Int]
        "B." sized: [Int!] @listSize(assumedSize: 5)
        "C." books("D." first: Int): Books @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
      }
      "Books." type Books { "E." edges: [Int] "F." others: [Int]! }
    `;
    expect(lint(sdl)).toEqual([
      '4:9 list-size: Query.unsized is a list without @listSize',
      '8:47 list-size: Books.others is a list without @listSize',
    ]);
  });

  test('refuse two fields that require the same field with different arguments', () => {
    const sdl = `
      type Book @key(fields: "id") {
        id: ID!
        price(currency: String): Float @external
        "A." dear: Boolean @requires(fields: "price(currency: \\"EUR\\")")
        "B." cheap: Boolean @requires(fields: "price(currency: \\"GBP\\")")
        "C." fair: Boolean @requires(fields: "price(currency: \\"EUR\\")")
      }
    `;
    expect(lint(sdl)).toEqual([
      '7:9 requires: Book.cheap requires price(currency: "GBP"), but Book.dear requires price(currency: "EUR")',
    ]);
  });

  test('include the rule of nullability across services', () => {
    expect(lint('type Query { "A." book: Int! }')).toEqual([
      'nullability: Query.book is a root field and must be nullable',
    ]);
  });

  test('are met by all services of the repository', async () => {
    const sdls = await Promise.all(
      subgraphs.map(async ({ name }) => {
        const sdl = await readFile(new URL(`../subgraphs/${name}.graphql`, import.meta.url), 'utf8');
        return { name, url: `http://${name}`, sdl };
      }),
    );
    expect(lintSdls(sdls)).toEqual([]);
  });
});
