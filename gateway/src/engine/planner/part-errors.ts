import type { GraphQLError } from 'graphql';
import { uncoveredErrors } from '../completion/error-coverage.js';
import { isJsonObject } from '../json-object.js';

/** Maximum of errors per result for values that contradict the schema of their subgraph. */
const maxCompletionErrors = 20;

/** The errors of a result: those of its fetches, and those of its completion that they do not explain. */
export function reportedErrors(
  sent: readonly GraphQLError[],
  found: readonly GraphQLError[],
  part: Pick<PlacedPart, 'path' | 'from' | 'value'>,
): readonly GraphQLError[] {
  const unexplained = sent.length === 0 ? found : uncoveredErrors(found, sent, (path) => nulledPlace(path, part));
  return [...sent, ...unexplained.slice(0, maxCompletionErrors)];
}

/** A part of a response, and where it is. */
export interface PlacedPart {
  path: readonly (string | number)[];
  /** The index of its first item, if it consists of items of a list. */
  from?: number | undefined;
  value: unknown;
  /** The parts within it that follow later. */
  pending: readonly Pick<PlacedPart, 'path' | 'from'>[];
}

/** The start of a path that leads to a null, to which an error of this path propagated; or the whole path. */
function nulledPlace(
  path: readonly (string | number)[],
  { path: start, from = 0, value }: Pick<PlacedPart, 'path' | 'from' | 'value'>,
): readonly (string | number)[] {
  let current = value;
  for (const [index, step] of path.slice(start.length).entries()) {
    if (current === null) return path.slice(0, start.length + index);
    if (!isJsonObject(current) && !Array.isArray(current)) return path;
    const key = index === 0 && typeof step === 'number' ? step - from : step;
    current = (current as Record<string | number, unknown>)[key];
  }
  return path;
}

/** Whether an error is below the path of a part. */
export function isWithin({ path = [] }: GraphQLError, part: Pick<PlacedPart, 'path' | 'from'>): boolean {
  if (!part.path.every((step, index) => path[index] === step)) return false;
  const item = path[part.path.length];
  return part.from === undefined || (typeof item === 'number' && item >= part.from);
}

/** Whether an error is about a field of a part that follows: the planner may fetch such a field early. */
export function isAboutLaterPart(error: GraphQLError, part: PlacedPart): boolean {
  return part.pending.some((later) => isWithin(error, later)) && !hasPlace(error, part);
}

/** Whether a value has the field that an error is about, or a null in its place. */
export function hasPlace({ path = [] }: GraphQLError, { path: start, from = 0, value }: PlacedPart): boolean {
  let current = value;
  for (const [index, step] of path.slice(start.length).entries()) {
    if (!isJsonObject(current) && !Array.isArray(current)) return true;
    const key = index === 0 && typeof step === 'number' ? step - from : step;
    if (!Object.hasOwn(current, key)) return false;
    current = (current as Record<string | number, unknown>)[key];
  }
  return true;
}
