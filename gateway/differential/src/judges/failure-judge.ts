import { runMonolith } from '../monolith.js';

import { selectsContextField } from '../context-arguments.js';
import { executorRuns, type PreparedTrial } from '../prepared-trial.js';
import { findRequestFault, repeatedRepresentation } from '../request-faults.js';
import type { ResponsePath } from '../response-paths.js';
import { explains, type Gaps, isPartOf } from './gaps.js';
import type { Verdict } from './verdict.js';

/**
 * Judges a result with failures by rules that hold for every plan: it is the result of the monolith without failures, in
 * the same order, in which some values are null, and each of these nulls is explained by an error.
 */
export async function judgeFailures(judged: PreparedTrial): Promise<Verdict> {
  const { testbed, trial, prepared, coerced, loosen } = judged;
  if (selectsContextField(testbed.graph.supergraphSchema, trial.document)) {
    loosen('contextOfFailedField');
    return { difference: undefined };
  }
  const reference = await runMonolith(testbed, { ...trial, failures: 'none' });
  const subject = await executorRuns(judged, trial)(judged.subject);
  const verdict = (difference: string | undefined): Verdict => ({ reference, subject, difference });
  if (subject.thrown !== undefined) return verdict('thrown');
  const found: Gaps = { nulled: [], missing: [] };
  if (!isPartOf(reference.data, subject.data, [], found)) return verdict('data beside failures');
  const isExplained = (path: ResponsePath): boolean =>
    subject.errors.some((error) => explains(error, path, { whole: reference.data, data: subject.data }));
  if (trial.failures === 'errors' && !found.missing.every(isExplained)) return verdict('missing field');
  if (found.missing.length > 0) loosen('failedInterfaceObject');
  const isSilent = !found.nulled.every(isExplained);
  if (isSilent && trial.failures === 'errors') return verdict('null without an error');
  if (isSilent) loosen('silentNulls');
  const fault = findRequestFault(prepared.plan, coerced, subject.requests);
  const isResent = fault === repeatedRepresentation && subject.errors.length > 0;
  if (isResent) loosen('resentAlone');
  return verdict(isResent ? undefined : fault);
}
