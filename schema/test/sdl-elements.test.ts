import { describe, expect, test } from '@jest/globals';
import { buildSchema, printSchema } from 'graphql';
import { missingElements } from '../src/registry/sdl-elements.js';
import { removedElements, withoutRemoved } from '../src/registry/sdl-reduction.js';

const rest = 'interface Media { id: ID } type Film implements Media { id: ID } union Found = Film enum Kind { A B }';

function sdl(field: string): string {
  return `type Query { ${field} } ${rest}`;
}

describe('the elements that a running service does not serve', () => {
  test.each([
    ['a field', 'a: Int b: Int', 'a: Int', ['Query.b']],
    ['an argument', 'a(x: Int): Int', 'a: Int', ['Query.a.x']],
    ['a nullable value of a non-null field', 'a: Int!', 'a: Int', ['Query.a: Int!, which it serves as Int']],
    ['a nullable item', 'a: [Int!]', 'a: [Int]', ['Query.a: [Int!], which it serves as [Int]']],
    ['another scalar', 'a: Int', 'a: String', ['Query.a: Int, which it serves as String']],
    ['a single value instead of a list', 'a: [Int]', 'a: Int', ['Query.a: [Int], which it serves as Int']],
    ['an interface instead of its implementation', 'a: Film', 'a: Media', ['Query.a: Film, which it serves as Media']],
    ['an argument of another type', 'a(x: Int): Int', 'a(x: ID): Int', ['Query.a.x: Int, which it serves as ID']],
    [
      'a list of non-null items',
      'a(x: [Int]): Int',
      'a(x: [Int!]): Int',
      ['Query.a.x: [Int], which it serves as [Int!]'],
    ],
    ['an optional argument', 'a(x: Int): Int', 'a(x: Int!): Int', ['Query.a.x, which it requires']],
    ['a required argument', 'a: Int', 'a(x: Int!): Int', ['Query.a.x, which it requires']],
  ])('include %s', (_, published, served, expected) => {
    expect(missingElements(sdl(published), sdl(served))).toEqual(expected);
  });

  test.each([
    ['a non-null value of a nullable field', 'a: Int', 'a: Int!'],
    ['an implementation of an interface', 'a: [Media]!', 'a: [Film!]!'],
    ['a member of a union', 'a: Found', 'a: Film'],
    ['an argument that became optional', 'a(x: Int!): Int', 'a(x: Int): Int'],
    ['an argument with a default value', 'a: Int', 'a(x: Int! = 1): Int'],
    ['further fields', 'a: Int', 'a: Int b: Int'],
  ])('do not include %s', (_, published, served) => {
    expect(missingElements(sdl(published), sdl(served))).toEqual([]);
  });
});

describe('the schema that is published before a service is replaced', () => {
  test.each([
    ['a removed field', 'a: Int b: Int', 'a: Int', 'a: Int'],
    ['an output that becomes nullable', 'a: [Int!]!', 'a: [Int]!', 'a: [Int]!'],
    ['an argument that becomes required', 'a(x: Int): Int', 'a(x: Int!): Int', 'a(x: Int!): Int'],
    ['an input of non-null items', 'a(x: [Int]): Int', 'a(x: [Int!]): Int', 'a(x: [Int!]): Int'],
    ['an interface instead of its implementation', 'a: Film', 'a: Media', 'a: Media'],
  ])('contains %s already', (_, before, after, expected) => {
    const reduced = withoutRemoved(sdl(before), sdl(after));
    expect(printed(reduced)).toBe(printed(sdl(expected)));
    expect(removedElements(sdl(before), sdl(after))).toHaveLength(1);
    // Both the former tasks and the new ones serve it.
    expect([missingElements(reduced, sdl(before)), missingElements(reduced, sdl(after))]).toEqual([[], []]);
  });

  test.each([
    ['a new field', 'a: Int', 'a: Int b: Int'],
    ['an output that becomes non-null', 'a: Int', 'a: Int!'],
    ['an argument that becomes optional', 'a(x: Int!): Int', 'a(x: Int): Int'],
  ])('does not contain %s yet', (_, before, after) => {
    expect(removedElements(sdl(before), sdl(after))).toEqual([]);
    expect(printed(withoutRemoved(sdl(before), sdl(after)))).toBe(printed(sdl(before)));
  });
});

function printed(text: string): string {
  return printSchema(buildSchema(text));
}
