import { readFile } from 'node:fs/promises';
import {
  both,
  isRequired,
  nothingRequired,
  refusalOf,
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
export interface Place {
  type: GraphQLObjectType;
  field: Field;
}

/** What a service says in its SDL, with its marks. */
export interface MarkedSchema {
  schema: GraphQLSchema;
  /** All fields that clients can reach, those of Query, Mutation and Subscription among them. */
  places: readonly Place[];
  /** Why the marks keep a caller from a field: its own, those of its type and those of what it leads to. */
  refusal(place: Place, caller: Caller): ReturnType<typeof refusalOf>;
  /** The names of types that are marked, or of which a field is; but for Query, Mutation and Subscription. */
  markedTypes(): string[];
  /** The fields that lead to a type, or to a union that it is of. */
  leadsTo(type: GraphQLObjectType): Place[];
}

export async function markedSchema(service: string): Promise<MarkedSchema> {
  const file = new URL(`../../../schema/subgraphs/${service}.graphql`, import.meta.url);
  const schema = buildASTSchema(parse(await readFile(file, 'utf8')), { assumeValid: true, assumeValidSDL: true });
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));
  const places = types
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => !isHidden(field));
  return {
    schema,
    places,
    refusal: (place, caller) => refusalOf(requirement(place), caller),
    markedTypes: () => types.filter((type) => !isRoot(type) && isMarked(type)).map(({ name }) => name),
    leadsTo: (type) => places.filter(({ field }) => isOrHolds(getNamedType(field.type), type)),
  };
}

function requirement({ type, field }: Place): Requirement {
  return [type, field, getNamedType(field.type)].map(markOf).reduce(both);
}

export function isRoot({ name }: GraphQLObjectType): boolean {
  return ['Query', 'Mutation', 'Subscription'].includes(name);
}

function isMarked(type: GraphQLObjectType): boolean {
  return [type, ...Object.values(type.getFields())].some((one) => isRequired(markOf(one)));
}

interface Marked {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

function markOf({ astNode }: Marked): Requirement {
  return (astNode?.directives ?? []).map(required).reduce(both, nothingRequired);
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
