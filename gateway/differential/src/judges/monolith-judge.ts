import type { GraphQLError } from 'graphql';
import { equalOr, type Loosen, type LooseningName } from '../loosenings.js';
import { type MonolithResult, runMonolith } from '../monolith.js';
import { type ComparedError, comparedError, type Outcome } from '../outcome.js';
import { executorRuns, type PreparedTrial } from '../prepared-trial.js';
import { findRequestFault } from '../request-faults.js';
import { leavesResponse, nullAbove, startsWith } from '../response-paths.js';
import { explains, type Gaps, isPartOf } from './gaps.js';
import type { Verdict } from './verdict.js';

/**
 * Compares with the monolith, which shares no code with the gateway and knows no plan: data with the order of fields,
 * errors, and mutations with their order. Failures other than those of fields are not injected.
 */
export async function judgeByMonolith(judged: PreparedTrial): Promise<Verdict> {
  const { testbed, prepared, coerced, loosen } = judged;
  const trial = { ...judged.trial, failures: judged.trial.failures === 'fields' ? 'fields' : 'none' } as const;
  const reference = await runMonolith(testbed, trial);
  const subject = await executorRuns(judged, trial)(judged.subject);
  const found = findDifferenceFromMonolith(reference, subject, loosen, testbed.hasInterfaceObjects);
  const isExplained = found !== undefined && (await areGapsExplained(judged, reference.data, subject));
  if (isExplained) loosen('failedInterfaceObject');
  const difference = isExplained ? undefined : found;
  return { reference, subject, difference: difference ?? findRequestFault(prepared.plan, coerced, subject.requests) };
}

/**
 * Whether a result is that of a supergraph with `@interfaceObject` in which fields failed. The planner requests fields for
 * objects of all types, so that the error of one that is not selected may null others; and without the type of an object
 * its fragments are missing. The result must be a part of that without failures, and an error must explain each gap.
 */
async function areGapsExplained(
  { testbed, trial }: PreparedTrial,
  reference: unknown,
  { data, errors }: Outcome,
): Promise<boolean> {
  if (!testbed.hasInterfaceObjects || trial.failures !== 'fields' || errors.length === 0) return false;
  const { data: whole } = await runMonolith(testbed, { ...trial, failures: 'none' });
  const found: Gaps = { nulled: [], missing: [] };
  return (
    isPartOf(whole, data, [], found) &&
    [...found.nulled, ...found.missing].every(
      (path) =>
        nullAbove(reference, [...path, 0]) !== undefined ||
        errors.some((error) => explains(error, path, { whole, data })),
    )
  );
}

/** @param hasInterfaceObjects whether the planner may request fields for objects that do not have them */
export function findDifferenceFromMonolith(
  reference: MonolithResult,
  subject: Outcome,
  loosen: Loosen,
  hasInterfaceObjects = false,
): string | undefined {
  if (subject.thrown !== undefined) return 'thrown';
  if (JSON.stringify(reference.data) !== JSON.stringify(subject.data)) return 'data of the monolith';
  if (reference.mutations.join() !== executedMutations(reference, subject).join()) return 'mutations';
  return findErrorDifference(reference.errors.map(expectedError), subject, loosen, hasInterfaceObjects);
}

/** The mutations that were sent, without those that a subgraph does not execute for null in a non-null argument. */
export function executedMutations(
  { errors, mutations }: { errors: MonolithResult['errors']; mutations: readonly string[] },
  subject: Outcome,
): string[] {
  const refused = new Set(errors.filter(({ path }) => path?.length === 1).map(({ path }) => String(path?.[0])));
  return subject.mutations.filter((name) => mutations.includes(name) || !refused.has(name));
}

/** An error of the monolith. */
interface ExpectedError extends ComparedError {
  /** Whether a resolver reported it, and not the completion of a value that contradicts the API schema. */
  isInjected: boolean;
  isReported: boolean;
}

function expectedError(error: GraphQLError): ExpectedError {
  return { ...comparedError(error), isInjected: error.extensions['place'] !== undefined, isReported: false };
}

function findErrorDifference(
  expected: readonly ExpectedError[],
  { data, errors }: Outcome,
  loosen: Loosen,
  hasInterfaceObjects: boolean,
): string | undefined {
  for (const error of errors) {
    const found = expected.filter((one) => isSameError(one, error, loosen));
    const fresh = found.find(({ isReported }) => !isReported);
    if (found.length === 0) {
      const excuse = excuseFor(error, expected, data, hasInterfaceObjects);
      if (!excuse) return 'unexpected error';
      loosen(excuse);
    } else if (fresh) fresh.isReported = true;
    else loosen('errorOfEachFetch');
  }
  const missing = expected.filter(({ isReported }) => !isReported);
  return missing.every((error) => mayBeMissing(error, data, errors, loosen)) ? undefined : 'missing error';
}

/** Why an error is accepted that the monolith does not report. */
function excuseFor(
  { path, extensions }: ComparedError,
  expected: readonly ExpectedError[],
  data: unknown,
  hasInterfaceObjects: boolean,
): LooseningName | undefined {
  if (!path || extensions['place'] === undefined) return undefined;
  if (expected.some((one) => !one.isInjected && startsWith(path, one.path ?? []))) return 'errorOfHiddenType';
  if (!hasInterfaceObjects) return undefined;
  return leavesResponse(data, path) || nullAbove(data, path) ? 'errorBesideResponse' : undefined;
}

function isSameError(expected: ExpectedError, { message, path, extensions }: ComparedError, loosen: Loosen): boolean {
  if (String(expected.path) !== String(path)) return false;
  // Resolvers and graphql-js itself, for null in a non-null argument, report the same errors in a subgraph.
  if (message === expected.message && isSameExtension(expected.extensions, extensions)) return true;
  if (expected.isInjected) return false;
  const isInvalid = extensions['code'] === 'INVALID_GRAPHQL' && extensions['place'] === undefined;
  return equalOr(loosen, 'messageOfInvalidValue', message === expected.message && isInvalid, () => isInvalid);
}

/** The gateway adds the name of the service, and a code to errors without one. */
function isSameExtension(
  expected: ComparedError['extensions'],
  { serviceName, ...given }: ComparedError['extensions'],
) {
  if (typeof serviceName !== 'string') return false;
  const completed = { code: 'DOWNSTREAM_SERVICE_ERROR', ...expected };
  return JSON.stringify(Object.entries(completed).sort()) === JSON.stringify(Object.entries(given).sort());
}

/** An error may be missing where another one explains the same null. */
function mayBeMissing(
  { path = [], isInjected }: ExpectedError,
  data: unknown,
  errors: readonly ComparedError[],
  loosen: Loosen,
): boolean {
  // A field of an object whose type is invalid for the API schema may have failed as well.
  const nulled = nullAbove(data, path) ?? (isInjected ? undefined : path);
  const isExplained = nulled !== undefined && errors.some((error) => startsWith(error.path ?? [], nulled));
  if (isExplained) loosen('errorOncePerNull');
  return isExplained;
}
