import { judgeErrorBehaviors } from './judges/error-behavior-judge.js';
import { judgeFailures } from './judges/failure-judge.js';
import { judgeByMonolith } from './judges/monolith-judge.js';
import { judgeByStockExecutor } from './judges/stock-judge.js';
import type { Judge, Verdict } from './judges/verdict.js';
import type { LooseningName } from './loosenings.js';
import { type Executor, prepareTrial, type PreparedTrial } from './prepared-trial.js';
import type { Testbed } from './testbed.js';
import type { FailureLevel } from './injected-failures.js';
import type { Trial } from './trial.js';

/** The verdict of the first judge that found a difference. */
export interface Comparison extends Verdict {
  /** The differences that were accepted. */
  loosened: ReadonlySet<LooseningName>;
}

/** The judges of each level of failures. Every operation is also judged by the monolith. */
const judges: Readonly<Record<FailureLevel, readonly Judge[]>> = {
  none: [judgeByMonolith, judgeByStockExecutor],
  fields: [judgeByMonolith, judgeErrorBehaviors],
  errors: [judgeByMonolith, judgeFailures, judgeByStockExecutor],
  valid: [judgeByMonolith, judgeFailures, judgeByStockExecutor],
  invalid: [judgeByMonolith, judgeByStockExecutor],
  malformed: [judgeByMonolith, judgeByStockExecutor],
};

/** Judges an executor on a trial. */
export async function compare(testbed: Testbed, trial: Trial, subject: Executor): Promise<Comparison> {
  const loosened = new Set<LooseningName>();
  let prepared: PreparedTrial | undefined;
  try {
    prepared = await prepareTrial(testbed, trial, subject, (name) => loosened.add(name));
  } catch (error) {
    return { difference: 'preparation', reference: String(error), loosened };
  }
  for (const judge of prepared ? judges[trial.failures] : []) {
    const verdict = await judge(prepared as PreparedTrial);
    if (verdict.difference !== undefined) return { ...verdict, loosened };
  }
  return { difference: undefined, loosened };
}
