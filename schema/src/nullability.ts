import {
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
  type UnionTypeDefinitionNode,
} from 'graphql';
import type { SubgraphSdl } from './compose.js';

/**
 * Finds the fields that could remove other services' data from a response, because they are non-null although they may
 * be null or fail. Only values that a service reads from its own rows may be non-null:
 *
 * - Every root field is nullable: its service may be down, and some callers may be refused.
 * - A field that returns an entity of another service is nullable, and in a list so is the entry.
 * - A field that a service adds to another service's entity is nullable.
 * - A field of an entity that is restricted to some callers is nullable.
 *
 * The service that describes an entity type owns it; the others reference it without a description.
 */
export function nullabilityFaults(subgraphs: readonly SubgraphSdl[]): string[] {
  return subgraphs.flatMap(({ name, sdl }) => faultsOf(parse(sdl)).map((fault) => `${name}: ${fault}`));
}

/** Thrown when a schema breaks the rule of nullability. */
export class NullabilityError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`These fields must be nullable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'NullabilityError';
  }
}

const rootTypes = ['Query', 'Mutation', 'Subscription'];
const accessDirectives = ['policy', 'authenticated', 'requiresScopes'];

function faultsOf(document: DocumentNode): string[] {
  const types = document.definitions.filter((one) => one.kind === Kind.OBJECT_TYPE_DEFINITION);
  const foreign = foreignTypes(document, types);
  return types.flatMap((type) =>
    (type.fields ?? []).flatMap((field) => {
      const reason = reasonFor(type, field, foreign);
      return reason === undefined ? [] : [`${type.name.value}.${field.name.value} ${reason}`];
    }),
  );
}

/** Why a field must be nullable although it is not. */
function reasonFor(
  type: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
  foreign: ReadonlySet<string>,
): string | undefined {
  const isNonNull = field.type.kind === Kind.NON_NULL_TYPE;
  const name = type.name.value;
  if (isNonNull && rootTypes.includes(name)) return 'is a root field';
  if (isNonNull && foreign.has(name) && !isKey(type, field)) return `is added to ${name}, which another service owns`;
  if (isNonNull && isEntity(type) && isRestricted(field)) return 'is restricted to some callers';
  const { entry, isRequired } = entryOf(field.type);
  return isRequired && foreign.has(entry) ? `returns ${entry}, which another service owns` : undefined;
}

/** The entity types that this service only references, and the unions that contain one. */
function foreignTypes(document: DocumentNode, types: readonly ObjectTypeDefinitionNode[]): Set<string> {
  const entities = types.filter((type) => isEntity(type) && type.description === undefined);
  const foreign = new Set(entities.map(({ name }) => name.value));
  const unions = document.definitions.filter((one) => one.kind === Kind.UNION_TYPE_DEFINITION);
  for (const union of unions) if (contains(union, foreign)) foreign.add(union.name.value);
  return foreign;
}

function contains({ types = [] }: UnionTypeDefinitionNode, names: ReadonlySet<string>): boolean {
  return types.some(({ name }) => names.has(name.value));
}

function isEntity({ directives = [] }: ObjectTypeDefinitionNode): boolean {
  return directives.some(({ name }) => name.value === 'key');
}

function isKey({ directives = [] }: ObjectTypeDefinitionNode, field: FieldDefinitionNode): boolean {
  const keys = directives.filter(({ name }) => name.value === 'key').flatMap(({ arguments: args = [] }) => args);
  return keys.some(({ value }) => value.kind === Kind.STRING && value.value.split(/\W+/).includes(field.name.value));
}

function isRestricted({ directives = [] }: FieldDefinitionNode): boolean {
  return directives.some(({ name }) => accessDirectives.includes(name.value));
}

/** The named type of a field, and whether a value of it (in a list: an entry) is required. */
function entryOf(type: TypeNode, isRequired = false): { entry: string; isRequired: boolean } {
  switch (type.kind) {
    case Kind.NAMED_TYPE:
      return { entry: type.name.value, isRequired };
    case Kind.LIST_TYPE:
      return entryOf(type.type);
    case Kind.NON_NULL_TYPE:
      return entryOf(type.type, true);
  }
}
