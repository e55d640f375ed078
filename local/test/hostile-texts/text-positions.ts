import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  isCompositeType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
} from 'graphql';
import { validScalar } from '../fixtures/valid-scalars.js';

/** A place in the arguments of a field where a client sends text. */
export interface TextPosition {
  /** As errors name it, such as `input.links.0.url`. */
  path: string;
  /** The variables of the operation with this text at the position. All other values are valid. */
  variables(text: string): Record<string, unknown>;
}

/** Every text in the arguments of a field. */
export function textPositions({ args }: GraphQLField<unknown, unknown>): TextPosition[] {
  return args.flatMap((argument) =>
    pathsIn(argument.type, argument.name).map((path) => ({
      path,
      variables: (text) =>
        Object.fromEntries(
          args
            .filter(({ name, type }) => name === argument.name || isNonNullType(type))
            .map(({ name, type }) => [name, valueAt(type, name, { path, text })]),
        ),
    })),
  );
}

/** An operation that passes these variables to a field of Query, Mutation or Subscription. */
export function operationWith(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  variables: Record<string, unknown>,
): string {
  const passed = field.args.filter(({ name }) => name in variables);
  const declared = passed.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const selection = isCompositeType(getNamedType(field.type)) ? ` { ${selectionOf(field)} }` : '';
  const list = passed.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${type.name.toLowerCase()}(${declared}) { ${field.name}(${list})${selection} }`;
}

function selectionOf({ name }: GraphQLField<unknown, unknown>): string {
  return name === 'importShows'
    ? 'results { __typename ... on ShowInvalid { fields { path message } } }'
    : '__typename';
}

const textScalars = ['ID', 'String', 'URL', 'EmailAddress', 'DateTime', 'Date', 'HexColorCode'];

function pathsIn(type: GraphQLInputType, path: string): string[] {
  if (isNonNullType(type)) return pathsIn(type.ofType, path);
  if (isListType(type)) return pathsIn(type.ofType, `${path}.0`);
  if (isInputObjectType(type))
    return Object.values(type.getFields()).flatMap((field) => pathsIn(field.type, `${path}.${field.name}`));
  return isScalarType(type) && textScalars.includes(type.name) ? [path] : [];
}

interface Target {
  path: string;
  text: string;
}

/** A valid value with only the required fields, and the text at its position. */
function valueAt(type: GraphQLInputType, path: string, target: Target): unknown {
  if (path === target.path) return target.text;
  if (isNonNullType(type)) return valueAt(type.ofType, path, target);
  if (isListType(type)) return [valueAt(type.ofType, `${path}.0`, target)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return validScalar(type.name);
  const fields = Object.values(type.getFields()).filter(
    (field) => isNonNullType(field.type) || `${target.path}.`.startsWith(`${path}.${field.name}.`),
  );
  return Object.fromEntries(fields.map((field) => [field.name, valueAt(field.type, `${path}.${field.name}`, target)]));
}
