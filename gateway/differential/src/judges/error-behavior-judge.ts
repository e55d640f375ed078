import type { ErrorBehavior } from '@marquee/gateway/engine/operation-context';
import type { GraphQLError } from 'graphql';
import { runKeepingNulls } from '../monolith.js';
import type { Outcome } from '../outcome.js';
import { executorRuns, type PreparedTrial } from '../prepared-trial.js';
import { executedMutations, findDifferenceFromMonolith } from './monolith-judge.js';
import type { Verdict } from './verdict.js';

/**
 * Judges `onError`. With `NULL` the result is that of the monolith on a schema without non-null fields, and with `HALT` it
 * is null with one of the errors, after which no mutation runs.
 */
export async function judgeErrorBehaviors(judged: PreparedTrial): Promise<Verdict> {
  const { testbed, trial, loosen } = judged;
  const reference = await runKeepingNulls(testbed, trial);
  const kept = await runWith('NULL', judged);
  const difference = findDifferenceFromMonolith(reference, kept, loosen, testbed.hasInterfaceObjects);
  if (difference !== undefined) return { reference, subject: kept, difference: `${difference} with onError NULL` };
  const halted = await runWith('HALT', judged);
  const haltDifference =
    kept.errors.length === 0
      ? findDifferenceFromMonolith(reference, halted, loosen, testbed.hasInterfaceObjects)
      : findHaltDifference(kept, reference, halted, judged);
  return { reference, subject: halted, difference: haltDifference && `${haltDifference} with onError HALT` };
}

function runWith(onError: ErrorBehavior, judged: PreparedTrial): Promise<Outcome> {
  return executorRuns(judged, judged.trial, onError)(judged.subject);
}

/** @param kept the result with `NULL`, which has all errors */
function findHaltDifference(
  kept: Outcome,
  { errors, mutations }: { errors: readonly GraphQLError[]; mutations: readonly string[] },
  halted: Outcome,
  { loosen }: PreparedTrial,
): string | undefined {
  if (halted.thrown !== undefined) return 'thrown';
  if (halted.data !== null) return 'data';
  const [first, ...others] = halted.errors.map((error) => JSON.stringify(error));
  const isKnown = kept.errors.some((error) => JSON.stringify(error) === first);
  if (others.length > 0 || !isKnown) return 'errors';
  const executed = executedMutations({ errors, mutations }, halted);
  if (executed.join() !== mutations.slice(0, executed.length).join()) return 'mutations';
  const last = mutations.findIndex((name) => errors.some(({ path }) => path?.[0] === name));
  if (last === -1 || executed.length <= last + 1) return undefined;
  if (errors.some(({ path }) => path?.[0] === mutations[last] && path?.length === 1)) return 'mutation after an error';
  loosen('mutationBeforeNestedError');
  return undefined;
}
