import {
  type GraphQLAbstractType,
  type GraphQLInterfaceType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
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

/** The place of a field in a schema. */
export type FieldInfo = Pick<GraphQLResolveInfo, 'schema' | 'fieldName' | 'returnType'> & {
  parentType: { name: string };
};

/** Draws the value of a field. */
export type Values = (parent: Entity, args: object, info: FieldInfo) => unknown;

/** @param world the seed of all values */
export function createValues(world: number, isKey: IsKey, numbers: EntityNumbers): Values {
  return (parent, args, info) => {
    const { fieldName, parentType, returnType, schema } = info;
    const key = isKey(parentType.name, fieldName);
    const seed = `${world} ${parentType.name}:${parent.number} ${fieldName} ${JSON.stringify(args)}`;
    const known = key ? parent.number : undefined;
    return draw({ schema, seed, field: fieldName, known, numbers }, returnType, 0);
  };
}

/** The numbers that entities of an object type may have. */
export type EntityNumbers = (type: string) => readonly number[];

/**
 * Where an interface has a key, the number of an entity determines its type: a subgraph that knows only the interface
 * resolves the number to the same type as the others.
 */
export function createEntityNumbers(supergraph: GraphQLSchema): EntityNumbers {
  const all = Array.from({ length: entityCount }, (_, number) => number);
  const keyed = Object.values(supergraph.getTypeMap()).filter((type) => isInterfaceType(type) && hasKey(type));
  return (type) => {
    const interfaces = keyed.filter(isInterfaceType).filter((one) => isPossible(supergraph, one, type));
    const numbers = all.filter((number) => interfaces.every((one) => concreteType(supergraph, one, number) === type));
    return numbers.length > 0 ? numbers : all;
  };
}

function hasKey({ astNode }: GraphQLInterfaceType): boolean {
  const directives = astNode?.directives ?? [];
  return directives.some(({ name, arguments: given = [] }) => {
    return name.value === 'join__type' && given.some((argument) => argument.name.value === 'key');
  });
}

function isPossible(schema: GraphQLSchema, type: GraphQLInterfaceType, name: string): boolean {
  return schema.getPossibleTypes(type).some((one) => one.name === name);
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

/** The object type of an entity of an interface or a union: the same in each schema that has the type. */
export function concreteType(schema: GraphQLSchema, type: GraphQLAbstractType, number: number): string {
  const ranked = schema.getPossibleTypes(type).map(({ name }) => ({ name, rank: hash(`${name} ${number}`) }));
  return ranked.sort((one, other) => one.rank - other.rank)[0]?.name ?? '';
}

interface Draw {
  schema: GraphQLSchema;
  seed: string;
  field: string;
  /** The number that a key must contain; undefined for any other field. */
  known: number | undefined;
  numbers: EntityNumbers;
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
  if (isAbstractType(type)) {
    const number = from.known ?? drawn % entityCount;
    return { type: concreteType(from.schema, type, number), number };
  }
  const numbers = from.numbers(type.name);
  return { type: type.name, number: from.known ?? numbers[drawn % numbers.length] ?? 0 };
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
