/**
 * The bytes that a leaf value may take in a JSON response. Texts have a length in characters, and most characters of
 * the languages that the marketplace is used in take one or two bytes. A text of emoji takes more than estimated: the
 * service that builds the response stops at its own limit.
 */
import type { LinkedDirectives } from '@marquee/chassis/graphql/directives';
import { type GraphQLField, type GraphQLLeafType, isEnumType } from 'graphql';

const bytesPerCharacter = 2;

/** Bytes by scalar, with quotes. */
const scalarBytes: Readonly<Record<string, number>> = {
  Boolean: 5,
  Date: 12,
  DateTime: 26,
  EmailAddress: 256,
  Float: 24,
  HexColorCode: 9,
  ID: 42,
  Int: 11,
  URL: 2_050,
};

/** A text without `@textLength`, or a scalar that is not in the list. */
const defaultBytes = 202;

/** @param sizes the directives of the specification `/size` */
export function leafBytes(
  field: GraphQLField<unknown, unknown>,
  type: GraphQLLeafType,
  sizes: LinkedDirectives,
): number {
  const characters = sizes.find(field, 'textLength')?.['max'];
  if (typeof characters === 'number') return characters * bytesPerCharacter + 2;
  if (isEnumType(type)) return Math.max(...type.getValues().map(({ name }) => name.length)) + 2;
  return scalarBytes[type.name] ?? defaultBytes;
}
