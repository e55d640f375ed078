import type { GraphQLError } from 'graphql';
import { isJsonObject } from '../json-object.js';
import { type CompletionContext, type PendingPart, propagateNull } from './null-propagation.js';

/** A part of the response that was completed after the first result. */
export interface CompletedPart {
  /** An object, or a list of items; null if a null propagated to the part itself, where it stops. */
  value: unknown;
  errors: readonly GraphQLError[];
  denials: readonly GraphQLError[];
  /** The parts within this part that are delivered later still. */
  pending: PendingPart[];
}

/** @throws when the part is too large, or a subgraph sent a value of another shape than its schema declares */
export function completePart(part: PendingPart, variables: Readonly<Record<string, unknown>>): CompletedPart {
  const pending: PendingPart[] = [];
  const context: CompletionContext = { variables, path: [...part.path], bytes: 0, errors: [], denials: [], pending };
  const completed = part.complete(context);
  const value = completed === propagateNull ? null : completed;
  return {
    value,
    errors: context.errors,
    denials: context.denials,
    pending: reachable(pending, value, offsetOf(part)),
  };
}

/** The parts whose object or list is in the response: a null may have propagated over it. */
export function reachable(pending: PendingPart[], value: unknown, { depth, from }: Offset): PendingPart[] {
  return pending.filter(({ path }) => {
    const [first, ...rest] = path.slice(depth);
    return contains(value, typeof first === 'number' ? [first - from, ...rest] : path.slice(depth));
  });
}

/** Where a value begins: the length of its path, and the index of its first item. */
export interface Offset {
  depth: number;
  from: number;
}

function offsetOf({ path, from = 0 }: Pick<PendingPart, 'path' | 'from'>): Offset {
  return { depth: path.length, from };
}

/** Whether a value has another one, which is not null, at a path. */
function contains(value: unknown, path: readonly (string | number)[]): boolean {
  let current = value;
  for (const step of path) {
    if (!isJsonObject(current) && !Array.isArray(current)) return false;
    if (!Object.hasOwn(current, step)) return false;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current !== null && current !== undefined;
}
