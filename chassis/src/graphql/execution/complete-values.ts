import {
  GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLOutputType,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { isIterableObject } from 'graphql/jsutils/isIterableObject.js';
import type { Compilation } from './compilation.js';
import { completeAbstract, completeObject } from './complete-objects.js';
import { handleError } from './field-errors.js';
import { type FieldPlace, isPromise, type OperationRun, type Path } from './operation-run.js';

/**
 * Completes a value that is no promise: returns its form in the response, or a promise of that.
 * @throws any error of the value; its caller locates it
 */
export type Complete = (run: OperationRun, value: unknown, path: Path) => unknown;

/** Compiles the completion of the values of one type, at one place of an operation. */
export function completeType(compilation: Compilation, place: FieldPlace, type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) return required(place, completeType(compilation, place, type.ofType));
  if (isListType(type)) return nullable(completeList(compilation, place, type));
  if (isLeafType(type)) return completeLeaf(type);
  return nullable(
    isObjectType(type) ? completeObject(compilation, place, type) : completeAbstract(compilation, place, type),
  );
}

function required({ parent, field }: FieldPlace, complete: Complete): Complete {
  const require = (completed: unknown): unknown => {
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${parent.name}.${field.name}.`);
    return completed;
  };
  return (run, value, path) => {
    const completed = complete(run, value, path);
    return isPromise(completed) ? completed.then(require) : require(completed);
  };
}

/** Completes null as null. */
export function nullable(complete: Complete): Complete {
  return (run, value, path) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(run, value, path);
  };
}

/** Most leaves are texts, which are complete as they are. */
function completeLeaf(type: GraphQLLeafType): Complete {
  const isText = type.serialize === GraphQLString.serialize || type.serialize === GraphQLID.serialize;
  return (_, value) => {
    if (isText && typeof value === 'string') return value;
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return null;
    const serialized: unknown = type.serialize(value);
    if (serialized !== null && serialized !== undefined) return serialized;
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
    );
  };
}

function completeList(
  compilation: Compilation,
  place: FieldPlace,
  { ofType }: GraphQLList<GraphQLOutputType>,
): Complete {
  const completeItem = itemCompletion(place, ofType, completeType(compilation, place, ofType));
  return (run, value, path) => {
    if (!isIterableObject(value)) throw noIterable(place);
    return completeItems(value, (item, key) => completeItem(run, item, { prev: path, key, typename: undefined }));
  };
}

/** Completes the items of a list. An error of one item that is not nullable ends the list, whatever the others become. */
export function completeItems<Item>(items: Iterable<Item>, complete: (item: Item, index: number) => unknown): unknown {
  const completed: unknown[] = [];
  let hasPromise = false;
  try {
    for (const item of items) {
      const result = complete(item, completed.length);
      hasPromise ||= isPromise(result);
      completed.push(result);
    }
  } catch (error) {
    forget(completed);
    forget(items);
    throw error;
  }
  return hasPromise ? Promise.all(completed) : completed;
}

/** Handles the errors of values that have no place in the response any more. */
export function forget(values: unknown): void {
  if (Array.isArray(values) && values.some(isPromise)) void Promise.allSettled(values);
}

/** Completes an item of a list, or a promise of one. */
export function itemCompletion(place: FieldPlace, type: GraphQLOutputType, complete: Complete): Complete {
  const isNullable = !isNonNullType(type);
  const fail = (run: OperationRun, error: unknown, path: Path) =>
    handleError(run, { error, nodes: place.nodes, path, isNullable });
  const settle: Complete = (run, value, path) => {
    try {
      const completed = complete(run, value, path);
      return isPromise(completed) ? completed.then(undefined, (error) => fail(run, error, path)) : completed;
    } catch (error) {
      return fail(run, error, path);
    }
  };
  return (run, item, path) => {
    if (!isPromise(item)) return settle(run, item, path);
    return item.then(
      (value) => settle(run, value, path),
      (error) => fail(run, error, path),
    );
  };
}

function noIterable({ parent, field }: FieldPlace): GraphQLError {
  return new GraphQLError(`Expected Iterable, but did not find one for field "${parent.name}.${field.name}".`);
}
