import fc from 'fast-check';
import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { type KnownKeys, type Literal, literalFor, slugList } from './hostile-values.js';

/** A selected field. */
export interface Selection {
  field: string;
  args: string;
  /** A condition on the type, for a member of a union. */
  on?: string;
  selections: Selection[];
}

/** Draws selections of the query type and of every type below it. */
export interface OperationGrammar {
  /** A root field with arguments and a random selection. */
  root: fc.Arbitrary<Selection>;
  /** Every root field, with the leaves of its nodes. */
  rootNamed(name: string): fc.Arbitrary<Selection>;
  rootNames: readonly string[];
}

/** Levels of fields below the query type; the gateway allows 12. */
const maxDepth = 8;

export function createOperationGrammar(schema: GraphQLSchema, keys: KnownKeys): OperationGrammar {
  const query = schema.getQueryType();
  if (!query) throw new Error('The schema has no queries.');
  const fields = Object.values(query.getFields());
  const rootNamed = (name: string) => {
    const field = query.getFields()[name];
    if (!field) throw new Error(`There is no query "${name}".`);
    return selectionOf(field, schema, keys, maxDepth);
  };
  return {
    root: fc.oneof(...fields.map((field) => selectionOf(field, schema, keys, maxDepth))),
    rootNamed,
    rootNames: fields.map(({ name }) => name),
  };
}

function selectionOf(
  field: GraphQLField<unknown, unknown>,
  schema: GraphQLSchema,
  keys: KnownKeys,
  depth: number,
): fc.Arbitrary<Selection> {
  const args = argumentsOf(field, keys);
  const selections = selectionsOf(getNamedType(field.type), schema, keys, depth - 1);
  return fc.record({ field: fc.constant(field.name), args, selections });
}

/** Random leaves and some of the other fields. A connection always leads to its nodes. */
function selectionsOf(
  type: GraphQLNamedType,
  schema: GraphQLSchema,
  keys: KnownKeys,
  depth: number,
): fc.Arbitrary<Selection[]> {
  if (isUnionType(type)) {
    const members = type.getTypes().map((member) => onMember(member, schema, keys, depth));
    return fc.tuple(...members).map((all) => all.flat());
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return fc.constant([]);
  const all = Object.values(type.getFields());
  const leaves = all.filter((field) => isLeafType(getNamedType(field.type)) && canOmitArguments(field));
  if (depth <= 0) return fc.constant(leaves.slice(0, 1).map(({ name }) => leaf(name)));
  const composites = all.filter((field) => !isLeafType(getNamedType(field.type)));
  const page = composites.filter(({ name }) => ['edges', 'node'].includes(name));
  const below = (chosen: GraphQLField<unknown, unknown>[]) =>
    fc.tuple(...chosen.map((field) => selectionOf(field, schema, keys, depth)));
  if (page.length > 0) return below(page);
  const nested = fc.subarray(composites, { maxLength: Math.min(3, composites.length) }).chain(below);
  return fc.tuple(fc.subarray(leaves), nested).map(([chosen, more]) => {
    const selected = [...chosen.map(({ name }) => leaf(name)), ...more];
    return selected.length > 0 ? selected : [leaf('__typename')];
  });
}

function onMember(
  member: GraphQLNamedType,
  schema: GraphQLSchema,
  keys: KnownKeys,
  depth: number,
): fc.Arbitrary<Selection[]> {
  return selectionsOf(member, schema, keys, depth).map((all) => all.map((one) => ({ ...one, on: member.name })));
}

function leaf(field: string): Selection {
  return { field, args: '', selections: [] };
}

function canOmitArguments({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.every(({ type, defaultValue }) => !isNonNullType(type) || defaultValue !== undefined);
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>, keys: KnownKeys): fc.Arbitrary<string> {
  const given = args
    .filter(
      ({ name }) => !['after', 'before', 'last', 'id', 'slug', 'handle'].includes(name) || isKey(args.length, name),
    )
    .map(({ name, type }) => valueOf(name, type, keys).map((value) => (value === null ? null : `${name}: ${value}`)));
  if (given.length === 0) return fc.constant('');
  return fc.tuple(...given).map((values) => {
    const present = values.filter((value) => value !== null);
    return present.length > 0 ? `(${present.join(', ')})` : '';
  });
}

/** Of alternatives such as `slug` and `id`, only the id is given. */
function isKey(count: number, name: string): boolean {
  return name === 'id' || (count === 1 && ['slug', 'handle'].includes(name));
}

/** Null for an optional value that is omitted. */
function valueOf(name: string, type: GraphQLInputType, keys: KnownKeys): fc.Arbitrary<Literal | null> {
  const required = isNonNullType(type) || ['first', 'query', 'id', 'filter'].includes(name);
  const nullable = getNullableType(type);
  const value = isListType(nullable)
    ? (slugList(name) ?? fc.constant('[]'))
    : literalOf(name, getNamedType(nullable), keys);
  return required ? value : fc.oneof(fc.constant(null), value);
}

function literalOf(name: string, type: GraphQLNamedType, keys: KnownKeys): fc.Arbitrary<Literal> {
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map((value) => value.name));
  if (!isInputObjectType(type)) return literalFor(name, type.name, keys);
  const fields = Object.values(type.getFields()).map((field) =>
    valueOf(field.name, field.type, keys).map((value) => (value === null ? [] : [`${field.name}: ${value}`])),
  );
  return fc.tuple(...fields).map((all) => `{ ${all.flat().join(', ')} }`);
}

/** Prints an operation. Root fields have aliases, so that one may be selected several times. */
export function printOperation(roots: readonly Selection[]): string {
  return `{ ${roots.map((root, index) => print(root, `r${index}: `)).join(' ')} }`;
}

function print({ field, args, selections }: Selection, alias = ''): string {
  const members = [...new Set(selections.flatMap(({ on }) => on ?? []))];
  const parts = [
    ...selections.filter(({ on }) => on === undefined).map((one) => print(one)),
    ...members.map((on) => `... on ${on} { ${printMember(selections, on)} }`),
  ];
  return `${alias}${field}${args}${parts.length > 0 ? ` { ${parts.join(' ')} }` : ''}`;
}

/** Members may have fields of the same name and different types, so each has aliases of its own. */
function printMember(selections: readonly Selection[], member: string): string {
  const own = selections.filter(({ on }) => on === member);
  return own.map((one) => print(one, `${member.toLowerCase()}_${one.field}: `)).join(' ');
}
