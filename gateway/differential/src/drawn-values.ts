import {
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { hash } from './hash.js';
import type { IsKey } from './key-fields.js';

/**
 * An object that subgraphs resolve. Its keys contain its number, so that all subgraphs identify the same object. All other
 * fields are drawn by type, number, field and arguments, so that they are the same in every request.
 */
export interface Entity {
  type: string;
  number: number;
}

/** Few enough that lists contain an entity more than once. */
const entityCount = 9;

/** Draws the value of a field. */
export type Values = (parent: Entity, args: object, info: GraphQLResolveInfo) => unknown;

/** @param world the seed of all values */
export function createValues(world: number, isKey: IsKey): Values {
  return (parent, args, info) => {
    const { fieldName, parentType, returnType, schema } = info;
    const key = isKey(parentType.name, fieldName);
    const seed = `${world} ${parentType.name}:${parent.number} ${fieldName} ${JSON.stringify(args)}`;
    const known = key ? parent.number : undefined;
    return draw({ schema, seed, field: fieldName, known }, returnType, 0);
  };
}

/** Reads the number of an entity from the keys of its representation. */
export function numberOf(representation: Record<string, unknown>, isKey: IsKey): number {
  const type = String(representation['__typename']);
  const keys = Object.entries(representation).filter(([name]) => name !== '__typename' && isKey(type, name));
  const numbers = keys.map(([, value]) => numberIn(value)).filter((number) => number !== undefined);
  return numbers[0] ?? hash(JSON.stringify(keys)) % entityCount;
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(Math.floor(value));
  if (typeof value === 'string')
    return /:\d+$/.test(value) ? Number(value.slice(value.lastIndexOf(':') + 1)) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value)
    .map(numberIn)
    .find((number) => number !== undefined);
}

/** The object type of an entity of an interface or a union. */
export function concreteType(schema: GraphQLSchema, type: GraphQLAbstractType, number: number): string {
  const names = schema.getPossibleTypes(type).map(({ name }) => name);
  return names.sort()[number % names.length] ?? '';
}

interface Draw {
  schema: GraphQLSchema;
  seed: string;
  field: string;
  /** The number that a key must contain; undefined for any other field. */
  known: number | undefined;
}

function draw(from: Draw, type: GraphQLOutputType, place: number): unknown {
  if (isNonNullType(type)) return drawNonNull(from, type.ofType, place);
  const isNull = from.known === undefined && hash(`${from.seed} null ${place}`) % 7 === 0;
  return isNull ? null : drawNonNull(from, type, place);
}

function drawNonNull(from: Draw, type: GraphQLOutputType, place: number): unknown {
  const drawn = hash(`${from.seed} ${place}`);
  if (isListType(type)) {
    return Array.from({ length: drawn % 4 }, (_, index) =>
      draw(from, type.ofType as GraphQLOutputType, place * 5 + index + 1),
    );
  }
  if (isLeafType(type)) return drawLeaf(from, type, drawn);
  const number = from.known ?? drawn % entityCount;
  if (isAbstractType(type)) return { type: concreteType(from.schema, type, number), number };
  return { type: String(type), number };
}

function drawLeaf({ field, known }: Draw, type: GraphQLLeafType, drawn: number): unknown {
  if (isEnumType(type)) return type.getValues()[drawn % type.getValues().length]?.value;
  switch (type.name) {
    case 'Int':
      return known ?? drawn % 100;
    case 'Float':
      return known ?? (drawn % 1000) / 8;
    case 'Boolean':
      return drawn % 2 === 0;
    default:
      return known === undefined ? `${field} ${drawn.toString(36)}` : `${field}:${known}`;
  }
}
