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

/** The schema of a service with its authorization directives. */
export interface AuthorizedSchema {
  schema: GraphQLSchema;
  /** All accessible fields, including those of Query, Mutation and Subscription. */
  fields: readonly FieldPosition[];
  /** The denial code of a field for a caller, from the directives of the field, its parent type and its return type. */
  denial(position: FieldPosition, caller: Caller): ReturnType<typeof denialOf>;
  /** Names of the types with a directive on them or on a field; except Query, Mutation and Subscription. */
  protectedTypes(): string[];
  /** The fields that return the type, or a union that contains it. */
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
    denial: (position, caller) => denialOf(requirement(position), caller),
    protectedTypes: () => types.filter((type) => !isRoot(type) && isProtected(type)).map(({ name }) => name),
    fieldsReturning: (type) => fields.filter(({ field }) => isOrContains(getNamedType(field.type), type)),
  };
}

function requirement({ type, field }: FieldPosition): Requirement {
  return [type, field, getNamedType(field.type)].map(requirementOf).reduce(combineRequirements);
}

export function isRoot({ name }: GraphQLObjectType): boolean {
  return ['Query', 'Mutation', 'Subscription'].includes(name);
}

function isProtected(type: GraphQLObjectType): boolean {
  return [type, ...Object.values(type.getFields())].some((one) => isRestricted(requirementOf(one)));
}

interface DirectiveTarget {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

function requirementOf({ astNode }: DirectiveTarget): Requirement {
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

function isOrContains(named: ReturnType<typeof getNamedType>, type: GraphQLObjectType): boolean {
  return named === type || (isUnionType(named) && named.getTypes().includes(type));
}
