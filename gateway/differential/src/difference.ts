import { canonical } from './canonical.js';
import type { Outcome, ToldError } from './outcome.js';

/** Tells what differs between two outcomes; undefined when nothing does. */
export function differenceOf(reference: Outcome, subject: Outcome): string | undefined {
  if (gaveUp(reference)) return subject.thrown === undefined ? undefined : 'thrown';
  if (subject.thrown !== undefined) return 'thrown';
  if (canonical(reference.data) !== canonical(subject.data)) return 'data';
  if (!sameErrors(reference.errors, subject)) return 'errors';
  if (canonical(reference.fetches) !== canonical(subject.fetches)) return 'fetches';
  return undefined;
}

/** Where a value has a wrong shape, an assertion ends the stock executor without any data, or it throws. */
function gaveUp({ data, errors, thrown }: Outcome): boolean {
  if (thrown !== undefined || errors.some(({ message }) => message.startsWith("Cannot use 'in' operator"))) return true;
  return data === undefined && errors.every(({ message }) => /^Invalid non-|^Unexpected array/.test(message));
}

/**
 * The stock executor counts entities wrongly where it could not ask about some of a list: an error of the third may be
 * told of the second. There the engine's paths must be the same but for indices, and lead to a null or to the entity
 * that has it, or of which nothing was asked but its type; or its subgraph was asked about fewer entities than there are.
 */
function sameErrors(told: readonly ToldError[], { data, errors: all, fetches }: Outcome): boolean {
  const reference = ofRequests(withoutNulled(told, all, data));
  const errors = ofRequests(withoutNulled(all, told, data));
  const known = texts(reference, (path) => path);
  const others = errors.filter((error) => !known.includes(textOf(error, (path) => path)));
  if (others.length === 0 && reference.length === errors.length) return true;
  const alike = canonical(texts(reference, withoutIndices)) === canonical(texts(errors, withoutIndices));
  return alike && others.every((error) => leadsToNull(data, error.path) || isPartlyAsked(data, error, fetches));
}

/**
 * A value that contradicts the schema takes what is around it away, and what else is wrong there is told or not by how
 * far somebody had come: the engine completes all that is asked of a field at once, as the specification has it, the
 * stock executor goes from one fragment to the next. So of a null only what both tell counts, if there is something.
 */
function withoutNulled(own: readonly ToldError[], others: readonly ToldError[], data: unknown): ToldError[] {
  const known = texts(others, (path) => path);
  const isCommon = (error: ToldError): boolean => known.includes(textOf(error, (path) => path));
  const common = own.filter(isCommon);
  return own.filter((error) => {
    const gone = contradiction.test(error.message) && !isCommon(error) ? nullAbove(data, error.path ?? []) : undefined;
    return gone === undefined || !common.some(({ path = [] }) => gone.every((part, index) => part === path[index]));
  });
}

/** How both word what contradicts the schema. */
const contradiction = /^(Cannot return null for|Invalid value found for|Invalid __typename found for)/;

/** The path of the null that a path leads through; undefined when there is none above its end. */
function nullAbove(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] | undefined {
  let value = data;
  for (const [index, part] of path.entries()) {
    if (value === null) return path.slice(0, index);
    if (typeof value !== 'object') return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return undefined;
}

/** An error without a path is one of a request, and the engine may make one request of two fetches. */
function ofRequests(errors: readonly ToldError[]): ToldError[] {
  const first = (error: ToldError): ToldError | undefined =>
    errors.find(({ path, message, code }) => !path && message === error.message && code === error.code);
  return errors.filter((error) => error.path !== undefined || first(error) === error);
}

type Told = (path: readonly (string | number)[]) => readonly (string | number)[];

function texts(errors: readonly ToldError[], told: Told): string[] {
  return errors.map((error) => textOf(error, told)).sort();
}

function textOf({ message, path, code }: ToldError, told: Told): string {
  return canonical([message, path && told(path), code]);
}

function withoutIndices(path: readonly (string | number)[]): (string | number)[] {
  return path.map((part) => (typeof part === 'number' ? '@' : part));
}

function leadsToNull(data: unknown, path: ToldError['path']): boolean {
  if (!path) return false;
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as Record<string | number, unknown>)[part];
  }
  if (value === null || value === undefined) return true;
  return Object.values(value).includes(null) || Object.keys(value).every((name) => name === '__typename');
}

/** Whether the subgraph, which the errors that are drawn name, was asked about fewer entities than the path leads to. */
function isPartlyAsked(data: unknown, { message, path = [] }: ToldError, fetches: readonly string[]): boolean {
  const end = path.findLastIndex((part) => typeof part === 'number') + 1;
  const entities = countAt(data, path.slice(0, end));
  const words = message.split(' ');
  return fetches.some((sent) => {
    const asked = sent.split(' {"__typename"').length - 1;
    return words.includes(sent.split(' ', 1)[0] ?? '') && asked > 0 && asked < entities;
  });
}

/** How many values are where a path leads, whatever its indices. */
function countAt(value: unknown, [part, ...rest]: readonly (string | number)[]): number {
  if (part === undefined) return 1;
  if (typeof value !== 'object' || value === null) return 0;
  if (typeof part === 'string') return countAt((value as Record<string, unknown>)[part], rest);
  return Object.values(value).reduce((sum: number, one) => sum + countAt(one, rest), 0);
}
