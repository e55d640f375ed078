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
import type { IsKey } from './keys.js';

/**
 * An object that subgraphs tell of. Its number is what its keys carry, so that all subgraphs speak of the same thing;
 * everything else of it is drawn from type, number, field and arguments, and so the same wherever it is asked for.
 */
export interface Thing {
  type: string;
  number: number;
}

/** So few, that lists hold the same thing more than once. */
const things = 9;

/** Draws the value of a field. */
export type Values = (parent: Thing, args: object, info: GraphQLResolveInfo) => unknown;

/** @param world every world has other values */
export function createValues(world: number, isKey: IsKey): Values {
  return (parent, args, info) => {
    const { fieldName, parentType, returnType, schema } = info;
    const key = isKey(parentType.name, fieldName);
    const seed = `${world} ${parentType.name}:${parent.number} ${fieldName} ${JSON.stringify(args)}`;
    const known = key ? parent.number : undefined;
    return draw({ schema, seed, field: fieldName, known }, returnType, 0);
  };
}

/** Finds the number of the thing that a representation is of, in its keys. */
export function numberOf(representation: Record<string, unknown>, isKey: IsKey): number {
  const type = String(representation['__typename']);
  const keys = Object.entries(representation).filter(([name]) => name !== '__typename' && isKey(type, name));
  const numbers = keys.map(([, value]) => numberIn(value)).filter((number) => number !== undefined);
  return numbers[0] ?? hash(JSON.stringify(keys)) % things;
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

/** Of which type a thing is where a subgraph knows only an interface or a union of it. */
export function concreteType(schema: GraphQLSchema, type: GraphQLAbstractType, number: number): string {
  const names = schema.getPossibleTypes(type).map(({ name }) => name);
  return names.sort()[number % names.length] ?? '';
}

interface Draw {
  schema: GraphQLSchema;
  seed: string;
  field: string;
  /** The number that a key must carry. */
  known: number | undefined;
}

function draw(from: Draw, type: GraphQLOutputType, place: number): unknown {
  if (isNonNullType(type)) return some(from, type.ofType, place);
  const isNull = from.known === undefined && hash(`${from.seed} null ${place}`) % 7 === 0;
  return isNull ? null : some(from, type, place);
}

function some(from: Draw, type: GraphQLOutputType, place: number): unknown {
  const drawn = hash(`${from.seed} ${place}`);
  if (isListType(type)) {
    return Array.from({ length: drawn % 4 }, (_, index) =>
      draw(from, type.ofType as GraphQLOutputType, place * 5 + index + 1),
    );
  }
  if (isLeafType(type)) return leaf(from, type, drawn);
  const number = from.known ?? drawn % things;
  if (isAbstractType(type)) return { type: concreteType(from.schema, type, number), number };
  return { type: String(type), number };
}

function leaf({ field, known }: Draw, type: GraphQLLeafType, drawn: number): unknown {
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
