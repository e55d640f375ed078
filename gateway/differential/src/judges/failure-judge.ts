import { runMonolith } from '../monolith.js';
import type { ComparedError } from '../outcome.js';
import { selectsContextField } from '../context-arguments.js';
import { executorRuns, type PreparedTrial } from '../prepared-trial.js';
import { findRequestFault, repeatedRepresentation } from '../request-faults.js';
import { existingPart, type ResponsePath, startsWith } from '../response-paths.js';
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
    subject.errors.some((error) => explains(reference.data, error, path));
  if (trial.failures === 'errors' && !found.missing.every(isExplained)) return verdict('missing field');
  if (found.missing.length > 0) loosen('typeOfFailedEntity');
  const isSilent = !found.nulled.every(isExplained);
  if (isSilent && trial.failures === 'errors') return verdict('null without an error');
  if (isSilent) loosen('silentNulls');
  const fault = findRequestFault(prepared.plan, coerced, subject.requests);
  const isResent = fault === repeatedRepresentation && subject.errors.length > 0;
  if (isResent) loosen('resentAlone');
  return verdict(isResent ? undefined : fault);
}

/** The parts of the expected data that a result lacks. */
interface Gaps {
  nulled: ResponsePath[];
  missing: ResponsePath[];
}

/** Whether a value equals another one apart from gaps, which it collects. */
function isPartOf(whole: unknown, part: unknown, path: ResponsePath, found: Gaps): boolean {
  if (part === null || part === undefined) {
    if (whole !== null) found.nulled.push(path);
    return true;
  }
  if (typeof whole !== 'object' || whole === null) return whole === part;
  if (typeof part !== 'object' || Array.isArray(whole) !== Array.isArray(part)) return false;
  const names = Object.keys(whole);
  const present = names.filter((name) => Object.hasOwn(part, name));
  if (present.join() !== Object.keys(part).join()) return false;
  return names.every((name) => {
    const below = [...path, Array.isArray(whole) ? Number(name) : name];
    if (Object.hasOwn(part, name)) return isPartOf(fieldOf(whole, name), fieldOf(part, name), below, found);
    found.missing.push(below);
    return !Array.isArray(whole);
  });
}

function fieldOf(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}

/**
 * Whether an error explains a null above or below it. An error of a whole request has no path. One of a field that the
 * planner added, or of the entities of a request, belongs to the last value on its path that is part of the response.
 */
function explains(data: unknown, { path }: ComparedError, nulled: ResponsePath): boolean {
  if (!path) return true;
  const known = existingPart(data, path);
  return startsWith(known, nulled) || startsWith(nulled, known);
}
