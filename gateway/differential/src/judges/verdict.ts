import type { Outcome } from '../outcome.js';
import type { PreparedTrial } from '../prepared-trial.js';

/** The finding of a judge. */
export interface Verdict {
  /** The part of the results that differs; undefined if the judge accepts the result. */
  difference: string | undefined;
  reference?: unknown;
  subject?: Outcome;
}

/** Runs the subject of a trial and compares its result with something that knows the right one. */
export type Judge = (trial: PreparedTrial) => Promise<Verdict>;
