import {
  defaultTypeResolver,
  GraphQLError,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  isObjectType,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Compilation } from './compilation.js';
import type { Complete } from './complete-values.js';
import { executeFields, type FieldPlans } from './execute-fields.js';
import { type FieldPlace, isPromise } from './operation-run.js';

/** Compiles the completion of objects of one type. Their fields are compiled when the first object appears. */
export function completeObject(compilation: Compilation, place: FieldPlace, type: GraphQLObjectType): Complete {
  let fields: FieldPlans | undefined;
  const execute: Complete = (run, value, path) =>
    executeFields(run, (fields ??= compilation.fieldsOf(type, place.nodes)), value, path);
  if (!type.isTypeOf) return execute;
  const isTypeOf = type.isTypeOf;
  return (run, value, path) => {
    const check = (isOfType: boolean): unknown => {
      if (!isOfType) throw wrongType(type, value, place);
      return execute(run, value, path);
    };
    const isOfType = isTypeOf(value, run.context, run.infoOf(place, path));
    return isPromise(isOfType) ? isOfType.then((settled) => check(settled)) : check(isOfType);
  };
}

/** Compiles the completion of objects of an interface or a union. The fields of each type are compiled when it first appears. */
export function completeAbstract(compilation: Compilation, place: FieldPlace, type: GraphQLAbstractType): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const completions = new Map<string, Complete>();
  const completionOf = (name: unknown, value: unknown): Complete => {
    const known = completions.get(name as string);
    if (known) return known;
    const complete = completeObject(compilation, place, possibleType(compilation, { place, type, name, value }));
    completions.set(name as string, complete);
    return complete;
  };
  return (run, value, path) => {
    const name = resolveType(value, run.context, run.infoOf(place, path), type);
    return isPromise(name)
      ? name.then((settled) => completionOf(settled, value)(run, value, path))
      : completionOf(name, value)(run, value, path);
  };
}

interface ResolvedType {
  place: FieldPlace;
  type: GraphQLAbstractType;
  name: unknown;
  value: unknown;
}

/** @throws GraphQLError, with the messages of graphql-js, unless the name is that of a possible type */
function possibleType({ schema }: Compilation, { place, type, name, value }: ResolvedType): GraphQLObjectType {
  const { parent, field, nodes } = place;
  const at = `"${type.name}" must resolve to an Object type at runtime for field "${parent.name}.${field.name}"`;
  if (name === null || name === undefined)
    throw new GraphQLError(
      `Abstract type ${at}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  if (typeof name !== 'string')
    throw new GraphQLError(`Abstract type ${at} with value ${inspect(value)}, received "${inspect(name)}".`);
  const resolved = schema.getType(name);
  const was = `Abstract type "${type.name}" was resolved to a`;
  if (!resolved) throw new GraphQLError(`${was} type "${name}" that does not exist inside the schema.`, { nodes });
  if (!isObjectType(resolved)) throw new GraphQLError(`${was} non-object type "${name}".`, { nodes });
  if (!schema.isSubType(type, resolved)) throw notPossible(type, resolved, place);
  return resolved;
}

/** The error of an object whose type does not belong to the interface or union. */
export function notPossible(
  type: GraphQLAbstractType,
  resolved: GraphQLObjectType,
  { nodes }: Pick<FieldPlace, 'nodes'>,
): GraphQLError {
  const message = `Runtime Object type "${resolved.name}" is not a possible type for "${type.name}".`;
  return new GraphQLError(message, { nodes });
}

function wrongType(type: GraphQLObjectType, value: unknown, { nodes }: FieldPlace): GraphQLError {
  return new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
}
