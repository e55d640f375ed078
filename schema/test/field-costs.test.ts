import { readFile } from 'node:fs/promises';
import { linkedDirectives } from '@marquee/chassis/graphql/directives';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildASTSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
} from 'graphql';

let supergraph: GraphQLSchema;
beforeAll(async () => {
  const text = await readFile(new URL('../supergraph.graphql', import.meta.url), 'utf8');
  supergraph = buildASTSchema(parse(text), { assumeValidSDL: true });
});

describe('in the composed schema', () => {
  test('every list has a slicing argument, an assumed size, or a parent that gives its size', () => {
    const cost = linkedDirectives(supergraph, '/cost');
    const sized = new Set(
      fields().flatMap(({ field }) => sizedFieldsOf(cost.find(field, 'listSize'), getNamedType(field.type).name)),
    );
    const unsized = fields().filter(({ name, field }) => {
      const { slicingArguments, assumedSize } = cost.find(field, 'listSize') ?? {};
      return isList(field) && slicingArguments === undefined && assumedSize === undefined && !sized.has(name);
    });
    expect(unsized.map(({ name }) => name)).toEqual([]);
  });

  test('every text has a greatest length', () => {
    const sizes = linkedDirectives(supergraph, '/size');
    const unbounded = fields().filter(
      ({ field }) => getNamedType(field.type).name === 'String' && sizes.find(field, 'textLength') === undefined,
    );
    expect(unbounded.map(({ name }) => name)).toEqual([]);
  });

  test('every scalar has a size that the gateway knows', () => {
    const known = [
      'Boolean',
      'Date',
      'DateTime',
      'EmailAddress',
      'Float',
      'HexColorCode',
      'ID',
      'Int',
      'JSONObject',
      'String',
      'URL',
    ];
    const types = Object.values(supergraph.getTypeMap()).filter(
      (type) => isScalarType(type) && !isSpecifiedScalarType(type) && !type.name.includes('__'),
    );
    expect(types.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('the lengths in descriptions are those of the directive', () => {
    const sizes = linkedDirectives(supergraph, '/size');
    const described = fields().flatMap(({ name, field }) => {
      const lengths = [...(field.description ?? '').matchAll(/(\d+)\s+(?:visible\s+)?characters/g)];
      const max = sizes.find(field, 'textLength')?.['max'];
      return lengths.length > 0 && max !== undefined
        ? [{ name, max, described: Math.max(...lengths.map(([, length]) => Number(length))) }]
        : [];
    });
    // A reply may be longer than the first length in the description of a message.
    const wrong = described.filter(({ name, max, described: length }) => max !== length && name !== 'Activity.message');
    expect(described.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });
});

interface NamedField {
  /** The coordinate, such as `User.links`. */
  name: string;
  field: GraphQLField<unknown, unknown>;
}

function fields(): NamedField[] {
  return Object.values(supergraph.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field }))
        : [],
    );
}

function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function sizedFieldsOf(listSize: Record<string, unknown> | undefined, type: string): string[] {
  const sized = listSize?.['sizedFields'];
  return Array.isArray(sized) ? sized.map((field) => `${type}.${field}`) : [];
}
