import { canonicalJson } from './canonical-json.js';
import type { ComparedError, Outcome } from './outcome.js';

/** Names the part of two outcomes that differs; undefined if they agree. */
export function findDifference(reference: Outcome, subject: Outcome): string | undefined {
  if (hasAborted(reference)) return subject.thrown === undefined ? undefined : 'thrown';
  if (subject.thrown !== undefined) return 'thrown';
  if (canonicalJson(reference.data) !== canonicalJson(subject.data)) return 'data';
  if (!sameErrors(reference.errors, subject)) return 'errors';
  if (canonicalJson(reference.fetches) !== canonicalJson(subject.fetches)) return 'fetches';
  return undefined;
}

/** On a value of the wrong shape, the stock executor throws, or an assertion ends it without data. */
function hasAborted({ data, errors, thrown }: Outcome): boolean {
  if (thrown !== undefined || errors.some(({ message }) => message.startsWith("Cannot use 'in' operator"))) return true;
  return data === undefined && errors.every(({ message }) => /^Invalid non-|^Unexpected array/.test(message));
}

/**
 * The stock executor miscounts entities when some of a list cannot be requested: it may report an error of the third as
 * one of the second. In that case the paths of the engine need only agree apart from indices, and must lead to a null,
 * to an object with a null or with no field but its type, or to a list of which the subgraph was sent only a part.
 */
function sameErrors(expected: readonly ComparedError[], { data, errors: all, fetches }: Outcome): boolean {
  const reference = deduplicateRequestErrors(withoutNulledErrors(expected, all, data));
  const errors = deduplicateRequestErrors(withoutNulledErrors(all, expected, data));
  const known = texts(reference, (path) => path);
  const others = errors.filter((error) => !known.includes(textOf(error, (path) => path)));
  if (others.length === 0 && reference.length === errors.length) return true;
  const alike = canonicalJson(texts(reference, withoutIndices)) === canonicalJson(texts(errors, withoutIndices));
  return alike && others.every((error) => leadsToNull(data, error.path) || isPartlyRequested(data, error, fetches));
}

/**
 * Removes errors that only one outcome has, below a null for which both report an error. When an invalid value nulls its
 * parents, the other errors below them depend on the order of completion: the engine merges all selections of a field
 * first, as the specification requires, and the stock executor completes one fragment after the other.
 */
function withoutNulledErrors(
  own: readonly ComparedError[],
  others: readonly ComparedError[],
  data: unknown,
): ComparedError[] {
  const known = texts(others, (path) => path);
  const isCommon = (error: ComparedError): boolean => known.includes(textOf(error, (path) => path));
  const common = own.filter(isCommon);
  return own.filter((error) => {
    const nulled =
      contradiction.test(error.message) && !isCommon(error) ? nullAbove(data, error.path ?? []) : undefined;
    return nulled === undefined || !common.some(({ path = [] }) => nulled.every((part, index) => part === path[index]));
  });
}

/** The messages of both executors for a value that contradicts the schema. */
const contradiction = /^(Cannot return null for|Invalid value found for|Invalid __typename found for)/;

/** The path of the null above the end of a path; undefined without one. */
function nullAbove(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] | undefined {
  let value = data;
  for (const [index, part] of path.entries()) {
    if (value === null) return path.slice(0, index);
    if (typeof value !== 'object') return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return undefined;
}

/** An error without a path belongs to a request, and the engine may send two fetches in one request. */
function deduplicateRequestErrors(errors: readonly ComparedError[]): ComparedError[] {
  const first = (error: ComparedError): ComparedError | undefined =>
    errors.find(({ path, message, code }) => !path && message === error.message && code === error.code);
  return errors.filter((error) => error.path !== undefined || first(error) === error);
}

type MapPath = (path: readonly (string | number)[]) => readonly (string | number)[];

function texts(errors: readonly ComparedError[], mapPath: MapPath): string[] {
  return errors.map((error) => textOf(error, mapPath)).sort();
}

function textOf({ message, path, code }: ComparedError, mapPath: MapPath): string {
  return canonicalJson([message, path && mapPath(path), code]);
}

function withoutIndices(path: readonly (string | number)[]): (string | number)[] {
  return path.map((part) => (typeof part === 'number' ? '@' : part));
}

function leadsToNull(data: unknown, path: ComparedError['path']): boolean {
  if (!path) return false;
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as Record<string | number, unknown>)[part];
  }
  if (value === null || value === undefined) return true;
  return Object.values(value).includes(null) || Object.keys(value).every((name) => name === '__typename');
}

/** Whether the subgraph, which the drawn messages name, was sent fewer entities than the path matches. */
function isPartlyRequested(data: unknown, { message, path = [] }: ComparedError, fetches: readonly string[]): boolean {
  const end = path.findLastIndex((part) => typeof part === 'number') + 1;
  const entities = countAt(data, path.slice(0, end));
  const words = message.split(' ');
  return fetches.some((sent) => {
    const requested = sent.split(' {"__typename"').length - 1;
    return words.includes(sent.split(' ', 1)[0] ?? '') && requested > 0 && requested < entities;
  });
}

/** The number of values at a path, over all list indices. */
function countAt(value: unknown, [part, ...rest]: readonly (string | number)[]): number {
  if (part === undefined) return 1;
  if (typeof value !== 'object' || value === null) return 0;
  if (typeof part === 'string') return countAt((value as Record<string, unknown>)[part], rest);
  return Object.values(value).reduce((sum: number, one) => sum + countAt(one, rest), 0);
}
