import { GraphQLError, type GraphQLOutputType } from 'graphql';
import type { Denial } from '../operation-context.js';
import type { ResponseField } from './collect-fields.js';

/** The state of the completion of one response. */
export interface CompletionContext {
  variables: Readonly<Record<string, unknown>>;
  /** The path of the value that is being completed. */
  path: (string | number)[];
  /** The approximate size of the response so far, as JSON. */
  bytes: number;
  /** Values that contradict the schema. */
  errors: GraphQLError[];
  /** Fields that are denied to the caller. */
  denials: GraphQLError[];
  /** The parts of the response that are completed later; absent if there is one result. */
  pending?: PendingPart[] | undefined;
}

/** A part of the response that is delivered later. */
export interface PendingPart {
  label: string;
  /** The path of its object or list. */
  path: readonly (string | number)[];
  /** For items of a list, the index of the first one; undefined for fields of an object. */
  from: number | undefined;
  /** Completes it, from a context at its path: an object or a list of items, or `propagateNull`. */
  complete(context: CompletionContext): unknown;
}

/** Completes a value that a subgraph sent: the value in the response, or `nulled`, or `propagateNull`. */
export type CompleteValue = (value: unknown, context: CompletionContext) => unknown;

/** Stands for a null whose error has been reported. */
export const nulled = Symbol('nulled');

/** Stands for a null in a non-null position: the nearest nullable parent becomes null. */
export const propagateNull = Symbol('propagateNull');

/** Compiles the completion of a non-null type from that of the nullable type. */
export type CompleteNonNull = typeof completeNonNull;

/** Null becomes `propagateNull` (section 6.4.4 of the GraphQL specification). */
export function completeNonNull(field: ResponseField, type: GraphQLOutputType, complete: CompleteValue): CompleteValue {
  return (value, context) => {
    const completed = complete(value, context);
    if (completed === nulled) return propagateNull;
    if (completed !== null) return completed;
    reportNull(field, type, context);
    return propagateNull;
  };
}

/** Null stays in its place, with an error: `onError: "NULL"`. */
export function keepNull(field: ResponseField, type: GraphQLOutputType, complete: CompleteValue): CompleteValue {
  return (value, context) => complete(value, context) ?? reportNull(field, type, context);
}

function reportNull(field: ResponseField, type: GraphQLOutputType, context: CompletionContext): typeof nulled {
  const position = describePosition(field, type, context.path);
  return reportInvalidValue(context, `Cannot return null for non-nullable ${position}.`);
}

/** Completes the items of a list. The list is nulled if the null of an item propagates. */
export function completeList(type: GraphQLOutputType, complete: CompleteValue): CompleteValue {
  return (value, context) => {
    if (value === null) return null;
    if (!Array.isArray(value)) throw new Error(`Invalid non-list value for list type ${String(type)}`);
    return completeItems(value, complete, context, 0);
  };
}

/** Completes the items of a list from an index on. */
export function completeItems(
  list: readonly unknown[],
  complete: CompleteValue,
  context: CompletionContext,
  from: number,
): unknown[] | typeof nulled {
  const items = new Array<unknown>(list.length - from);
  const depth = context.path.length;
  let isWhole = true;
  for (let index = from; index < list.length; index++) {
    context.path[depth] = index;
    const item = complete(list[index], context);
    isWhole &&= item !== propagateNull;
    items[index - from] = item === nulled ? null : item;
  }
  context.path.length = depth;
  return isWhole ? items : nulled;
}

/** Adds an error at the current path for a value that contradicts the schema. */
export function reportInvalidValue({ errors, path }: CompletionContext, message: string): typeof nulled {
  errors.push(new GraphQLError(message, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } }));
  return nulled;
}

/** Adds an error at the current path for an entity that its subgraph does not find. */
export function reportMissing({ errors, path }: CompletionContext): void {
  const message = 'This does not exist, or you may not see it.';
  errors.push(new GraphQLError(message, { path: [...path], extensions: { code: 'NOT_FOUND' } }));
}

/** How errors name the value at a path. */
export function describePosition({ parent }: ResponseField, type: unknown, path: readonly (string | number)[]): string {
  const last = path.at(-1);
  return typeof last === 'number'
    ? `array element of type ${String(type)} at index ${last}`
    : `field ${parent.name}.${last ?? ''}`;
}

/** Maximum of errors for denied fields in one response. */
const maxDenials = 100;

/** Adds an error at the current path for a field that is denied to the caller. */
export function reportDenied({ denials, path }: CompletionContext, denial: Denial): typeof nulled {
  const { message, code, requires } = denial;
  if (denials.length < maxDenials)
    denials.push(new GraphQLError(message, { path: [...path], extensions: { code, requires } }));
  return nulled;
}
