import { describe, expect, test } from '@jest/globals';
import { buildSchema, isInputObjectType } from 'graphql';
import { compose, CompositionError } from '../src/compose.js';

const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

function subgraph(name: string, sdl: string) {
  return { name, url: `http://${name}`, sdl: `${federation}\n${sdl}` };
}

const people = subgraph(
  'people',
  'type Query { person(by: PersonBy!): String } input PersonBy @oneOf { id: ID name: String }',
);

describe('an input type with @oneOf', () => {
  test('has it in the supergraph and in the API schema', () => {
    const { supergraph, api } = compose([people]);
    expect(supergraph).toMatch(/input PersonBy\n {2}@join__type\(graph: PEOPLE\)\n {2}@oneOf\n\{/);
    const type = buildSchema(api).getType('PersonBy');
    expect(isInputObjectType(type) && type.isOneOf).toBe(true);
  });

  test('has it where a subgraph defines the directive itself', () => {
    const defining = subgraph('people', `directive @oneOf on INPUT_OBJECT ${people.sdl.slice(federation.length)}`);
    expect(compose([defining])).toEqual(compose([people]));
  });

  test('is refused where a subgraph defines it without', () => {
    const other = subgraph(
      'other',
      'type Query { other(by: PersonBy): String } input PersonBy { id: ID name: String }',
    );
    expect(() => compose([people, other])).toThrow(CompositionError);
    expect(() => compose([people, other])).toThrow(
      'ONE_OF_MISMATCH: Input "PersonBy" has @oneOf in people, but not in other.',
    );
  });
});

test('a supergraph without @oneOf does not define it', () => {
  const { supergraph } = compose([subgraph('people', 'type Query { person: String }')]);
  expect(supergraph).not.toContain('oneOf');
});
