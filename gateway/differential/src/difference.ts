import { canonicalJson } from './canonical-json.js';
import { equalOr, type Loosen, type LooseningName } from './loosenings.js';
import { describeRequests, normalizeRequests, rawRequests } from './normalize-requests.js';
import type { ComparedError, Outcome } from './outcome.js';
import { leadsToNull, nullAbove, type ResponsePath, startsWith, withoutIndices } from './response-paths.js';

/** Names the part in which an outcome differs from that of the stock executor; undefined if they agree. */
export function findDifference(reference: Outcome, subject: Outcome, loosen: Loosen): string | undefined {
  if (subject.thrown !== undefined) return 'thrown';
  if (hasAborted(reference)) return void loosen('stockAborted');
  if (!sameData(reference.data, subject.data, loosen)) return 'data';
  if (!sameErrors(reference.errors, subject, loosen)) return 'errors';
  if (!sameRequests(reference, subject, loosen)) return 'fetches';
  return undefined;
}

/** On a value of the wrong shape, the stock executor throws, or an assertion ends it without data. */
function hasAborted({ data, errors, thrown }: Outcome): boolean {
  if (thrown !== undefined || errors.some(({ message }) => message.startsWith("Cannot use 'in' operator"))) return true;
  return data === undefined && errors.every(({ message }) => /^Invalid non-|^Unexpected array/.test(message));
}

function sameData(reference: unknown, subject: unknown, loosen: Loosen): boolean {
  const isEqual = JSON.stringify(reference) === JSON.stringify(subject);
  return equalOr(loosen, 'fieldOrderOfStock', isEqual, () => canonicalJson(reference) === canonicalJson(subject));
}

function sameRequests({ requests: expected }: Outcome, { requests }: Outcome, loosen: Loosen): boolean {
  const isEqual = String(rawRequests(expected)) === String(rawRequests(requests));
  return equalOr(
    loosen,
    'mergedFetches',
    isEqual,
    () => String(normalizeRequests(expected)) === String(normalizeRequests(requests)),
  );
}

/** A difference of errors that is accepted: removes it from the errors of both executors. */
interface ErrorRule {
  name: LooseningName;
  /** @param others the errors of the other executor */
  apply(errors: readonly ComparedError[], others: readonly ComparedError[], data: unknown): readonly ComparedError[];
}

const errorRules: readonly ErrorRule[] = [
  { name: 'invalidValueReported', apply: withoutUnexplainedNulls },
  { name: 'nameInMessageOfStock', apply: (errors) => errors.map(withoutNames) },
  { name: 'errorOncePerRequest', apply: deduplicateRequestErrors },
  { name: 'errorsBelowNull', apply: withoutErrorsBelowNull },
];

function sameErrors(expected: readonly ComparedError[], subject: Outcome, loosen: Loosen): boolean {
  let [reference, errors] = [expected, subject.errors as readonly ComparedError[]];
  const applied: LooseningName[] = [];
  for (const { name, apply } of errorRules) {
    if (areSame(reference, errors)) break;
    const next = [apply(reference, errors, subject.data), apply(errors, reference, subject.data)] as const;
    if (!areSame(reference, next[0]) || !areSame(errors, next[1])) applied.push(name);
    [reference, errors] = next;
  }
  if (!areSame(reference, errors)) {
    if (!areMiscounted(reference, errors, subject)) return false;
    applied.push('entityMiscountedByStock');
  }
  applied.forEach(loosen);
  return true;
}

function withoutNames({ message, path, extensions }: ComparedError): ComparedError {
  const { serviceName: _, ...others } = extensions;
  const text = message.replace(/(from service) ".*"$/, '$1').replace(/(for (?:non-nullable )?field )\w+\./, '$1');
  return { message: text, path, extensions: others };
}

/** The stock executor reports no invalid value if a subgraph reports an error; the engine reports those elsewhere. */
function withoutUnexplainedNulls(own: readonly ComparedError[], others: readonly ComparedError[]): ComparedError[] {
  const isHiding = others.length > 0 && !others.some(({ message }) => contradiction.test(message));
  return own.filter(({ message }) => !isHiding || !contradiction.test(message));
}

/** An error without a path belongs to a request, and the engine may send two fetches in one request. */
function deduplicateRequestErrors(errors: readonly ComparedError[]): ComparedError[] {
  const known = new Set<string>();
  return errors.filter((error) => {
    const text = textOf(error);
    const isNew = error.path !== undefined || !known.has(text);
    known.add(text);
    return isNew;
  });
}

/**
 * Removes errors that only one outcome has, below a null for which both report an error. When an invalid value nulls its
 * parents, the other errors below them depend on the order of completion: the engine merges all selections of a field
 * first, as the specification requires, and the stock executor completes one fragment after the other.
 */
function withoutErrorsBelowNull(
  own: readonly ComparedError[],
  others: readonly ComparedError[],
  data: unknown,
): ComparedError[] {
  const known = new Set(others.map((error) => textOf(error)));
  const isCommon = (error: ComparedError): boolean => known.has(textOf(error));
  const common = own.filter(isCommon);
  return own.filter((error) => {
    const nulled =
      contradiction.test(error.message) && !isCommon(error) ? nullAbove(data, error.path ?? []) : undefined;
    return nulled === undefined || !common.some(({ path = [] }) => startsWith(path, nulled));
  });
}

/** The messages of both executors for a value that contradicts the schema. */
const contradiction = /^(Cannot return null for|Invalid value found for|Invalid __typename found for)/;

/**
 * The stock executor miscounts entities when some of a list cannot be requested: it may report an error of the third as
 * one of the second. In that case the paths of the engine need only agree apart from indices, and must lead to a null,
 * to an object with a null or with no field but its type, or to a list of which the subgraph was sent only a part.
 */
function areMiscounted(
  expected: readonly ComparedError[],
  errors: readonly ComparedError[],
  subject: Outcome,
): boolean {
  if (!areSame(expected, errors, withoutIndices)) return false;
  const known = new Set(expected.map((error) => textOf(error)));
  const others = errors.filter((error) => !known.has(textOf(error)));
  return others.every((error) => leadsToNull(subject.data, error.path) || isPartlyRequested(subject, error));
}

function areSame(
  one: readonly ComparedError[],
  other: readonly ComparedError[],
  mapPath?: (path: ResponsePath) => ResponsePath,
): boolean {
  const texts = (errors: readonly ComparedError[]): string =>
    errors
      .map((error) => textOf(error, mapPath))
      .sort()
      .join();
  return one.length === other.length && texts(one) === texts(other);
}

function textOf({ message, path, extensions }: ComparedError, mapPath = (one: ResponsePath) => one): string {
  return canonicalJson([message, path && mapPath(path), extensions]);
}

/** Whether the subgraph, which the drawn messages name, was sent fewer entities than the path matches. */
function isPartlyRequested({ data, requests }: Outcome, { message, path = [] }: ComparedError): boolean {
  const end = path.findLastIndex((part) => typeof part === 'number') + 1;
  const entities = countAt(data, path.slice(0, end));
  const words = message.split(' ');
  return describeRequests(requests).some((sent) => {
    const requested = sent.split(' {"__typename"').length - 1;
    return words.includes(sent.split(' ', 1)[0] ?? '') && requested > 0 && requested < entities;
  });
}

/** The number of values at a path, over all list indices. */
function countAt(value: unknown, [part, ...rest]: ResponsePath): number {
  if (part === undefined) return 1;
  if (typeof value !== 'object' || value === null) return 0;
  if (typeof part === 'string') return countAt((value as Record<string, unknown>)[part], rest);
  return Object.values(value).reduce((sum: number, one) => sum + countAt(one, rest), 0);
}
