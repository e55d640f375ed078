import { readFile } from 'node:fs/promises';
import {
  combineRequirements,
  isRestricted,
  unrestricted,
  denialOf,
  type Requirement,
} from '@marquee/gateway/admission/authorization/access-requirement';
import type { Caller } from '@marquee/chassis/identity/caller';
import {
  buildASTSchema,
  type ConstDirectiveNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  isUnionType,
  parse,
  valueFromASTUntyped,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

/** A field of a type of one service. */
export interface FieldPosition {
  type: GraphQLObjectType;
  field: Field;
}

/** What a service says in its SDL, with its marks. */
export interface AuthorizedSchema {
  schema: GraphQLSchema;
  /** All fields that clients can reach, those of Query, Mutation and Subscription among them. */
  fields: readonly FieldPosition[];
  /** Why the marks keep a caller from a field: its own, those of its type and those of what it leads to. */
  denial(place: FieldPosition, caller: Caller): ReturnType<typeof denialOf>;
  /** The names of types that are marked, or of which a field is; but for Query, Mutation and Subscription. */
  protectedTypes(): string[];
  /** The fields that lead to a type, or to a union that it is of. */
  fieldsReturning(type: GraphQLObjectType): FieldPosition[];
}

export async function authorizedSchema(service: string): Promise<AuthorizedSchema> {
  const file = new URL(`../../../schema/subgraphs/${service}.graphql`, import.meta.url);
  const schema = buildASTSchema(parse(await readFile(file, 'utf8')), { assumeValid: true, assumeValidSDL: true });
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));
  const fields = types
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => !isHidden(field));
  return {
    schema,
    fields,
    denial: (place, caller) => denialOf(requirement(place), caller),
    protectedTypes: () => types.filter((type) => !isRoot(type) && isMarked(type)).map(({ name }) => name),
    fieldsReturning: (type) => fields.filter(({ field }) => isOrHolds(getNamedType(field.type), type)),
  };
}

function requirement({ type, field }: FieldPosition): Requirement {
  return [type, field, getNamedType(field.type)].map(markOf).reduce(combineRequirements);
}

export function isRoot({ name }: GraphQLObjectType): boolean {
  return ['Query', 'Mutation', 'Subscription'].includes(name);
}

function isMarked(type: GraphQLObjectType): boolean {
  return [type, ...Object.values(type.getFields())].some((one) => isRestricted(markOf(one)));
}

interface Marked {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

function markOf({ astNode }: Marked): Requirement {
  return (astNode?.directives ?? []).map(required).reduce(combineRequirements, unrestricted);
}

function required({ name, arguments: [given] = [] }: ConstDirectiveNode): Requirement {
  const lists = given ? [valueFromASTUntyped(given.value) as string[][]] : [];
  return {
    authenticated: name.value === 'authenticated',
    scopes: name.value === 'requiresScopes' ? lists : [],
    policies: name.value === 'policy' ? lists : [],
  };
}

function isHidden({ astNode }: Field): boolean {
  return astNode?.directives?.some(({ name }) => name.value === 'inaccessible') ?? false;
}

function isOrHolds(named: ReturnType<typeof getNamedType>, type: GraphQLObjectType): boolean {
  return named === type || (isUnionType(named) && named.getTypes().includes(type));
}
