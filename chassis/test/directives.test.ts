import { describe, expect, test } from '@jest/globals';
import { buildASTSchema, buildSchema, type GraphQLObjectType, parse } from 'graphql';
import { findDirective, findDirectives, linkedDirectives } from '@marquee/chassis/graphql/directives';

const schema = buildSchema(
  `
  directive @size(max: Int, of: [String!], unit: Unit) repeatable on OBJECT | FIELD_DEFINITION
  enum Unit { KB }
  type Query @size(max: 1) @size(max: 2) { plain: Int  sized: Int @size(max: 3, of: ["a"], unit: KB) }
`,
);
const query = schema.getQueryType() as GraphQLObjectType;

describe('findDirective', () => {
  test('returns the arguments by name, enum values as strings', () => {
    expect(findDirective(query.getFields()['sized'], 'size')).toEqual({ max: 3, of: ['a'], unit: 'KB' });
  });

  test('returns undefined if the directive is absent', () => {
    expect(findDirective(query.getFields()['plain'], 'size')).toBeUndefined();
    expect(findDirective(undefined, 'size')).toBeUndefined();
  });

  test('reads AST nodes, too', () => {
    const [definition] = parse('type A @size(max: 4) { a: Int }').definitions;
    expect(findDirective(definition as never, 'size')).toEqual({ max: 4 });
  });
});

test('findDirectives returns all with the name, in order', () => {
  expect(findDirectives(query, 'size')).toEqual([{ max: 1 }, { max: 2 }]);
});

test.each([
  ['its own name', 'https://specs.example/cost/v0.1', '', '@cost'],
  ['an import', 'https://specs.example/cost/v0.1', ', import: ["@listSize"]', '@listSize'],
  ['a renamed import', 'https://specs.example/cost/v1.0', ', import: [{ name: "@listSize", as: "@size" }]', '@size'],
  ['a prefix', 'https://specs.example/cost/v0.1', ', as: "price"', '@price__listSize'],
])('linkedDirectives finds a directive under %s', (_, url, link, applied) => {
  const linked = buildASTSchema(
    parse(`schema @link(url: "${url}"${link}) { query: Query } type Query { a: Int ${applied}(weight: 2) }`),
    { assumeValidSDL: true },
  );
  const name = applied === '@cost' ? 'cost' : 'listSize';
  expect(linkedDirectives(linked, '/cost').find(linked.getQueryType()?.getFields()['a'], name)).toEqual({ weight: 2 });
});
