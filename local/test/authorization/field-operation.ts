import {
  type GraphQLInputType,
  isCompositeType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { validScalar } from '../fixtures/valid-scalars.js';
import type { FieldPosition } from './authorized-schema.js';

/** An operation that selects one field. */
export interface FieldOperation {
  document: string;
  variables: Record<string, unknown>;
}

/** Selects a field of Query, Mutation or Subscription, with arguments that match no entity. */
export function rootOperation({ type, field }: FieldPosition): FieldOperation {
  const required = field.args.filter((argument) => isNonNullType(argument.type));
  const declared = required.map(({ name, type: input }) => `$${name}: ${String(input)}`).join(', ');
  const passed = required.map(({ name }) => `${name}: $${name}`).join(', ');
  const [head, list] = [type.name.toLowerCase(), declared && `(${declared})`];
  return {
    document: `${head} ${list} { ${field.name}${passed && `(${passed})`}${selection(field)} }`,
    variables: Object.fromEntries(required.map((argument) => [argument.name, valueOf(argument.type)])),
  };
}

/** Selects a field of an entity by its key. */
export function entityOperation({ type, field }: FieldPosition, key: object): FieldOperation {
  const inside = `... on ${type.name} { ${field.name}${selection(field)} }`;
  return {
    document: `query ($keys: [_Any!]!) { _entities(representations: $keys) { ${inside} } }`,
    variables: { keys: [{ __typename: type.name, ...key }] },
  };
}

function selection({ type }: FieldPosition['field']): string {
  return isCompositeType(getNamedType(type)) ? ' { __typename }' : '';
}

/** A valid value for the type, so that authorization is checked before any validation error. */
function valueOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return [valueOf(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return validScalar(type.name);
  return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, valueOf(field.type)]));
}
