import { asyncProperty, check, type RunDetails } from 'fast-check';
import { ArbitraryTrial, drawOperations } from './arbitrary-trial.js';
import { compare, type Comparison } from './comparison.js';
import type { LooseningName } from './loosenings.js';
import type { Executor } from './prepared-trial.js';
import type { Testbed } from './testbed.js';
import type { Trial } from './trial.js';

export interface CheckResult {
  runs: number;
  /** For each accepted difference, the number of trials in which it occurred. */
  loosened: Map<LooseningName, number>;
  /** The smallest trial for which the executors differ. */
  counterexample?: Counterexample | undefined;
}

export interface Counterexample {
  trial: Trial;
  comparison: Comparison;
  seed: number;
}

export interface CheckOptions {
  runs: number;
  /** Equal seeds draw equal trials. */
  seed: number;
  subject: Executor;
  /** Whether a counterexample is made as small as possible; true by default. */
  shrinks?: boolean;
  /** Draws the operations; by default they are generated, or taken from the corpus. */
  operations?: ReturnType<typeof drawOperations>;
}

/** Compares an executor with the references on random trials until it differs. */
export async function checkExecutor(testbed: Testbed, options: CheckOptions): Promise<CheckResult> {
  const {
    runs,
    seed,
    subject,
    shrinks = true,
    operations = drawOperations(testbed.graph.schema, testbed.corpus),
  } = options;
  const loosened = new Map<LooseningName, number>();
  const property = asyncProperty(new ArbitraryTrial(testbed.graph.schema, operations), async (trial) => {
    const comparison = await compare(testbed, trial, subject);
    for (const name of comparison.loosened) loosened.set(name, (loosened.get(name) ?? 0) + 1);
    return comparison.difference === undefined;
  });
  const details = await check(property, { seed, numRuns: runs, endOnFailure: !shrinks });
  return {
    runs: details.numRuns,
    loosened,
    counterexample: await findCounterexample(testbed, details, subject),
  };
}

async function findCounterexample(
  testbed: Testbed,
  { counterexample, seed }: RunDetails<[Trial]>,
  subject: Executor,
): Promise<Counterexample | undefined> {
  const [trial] = counterexample ?? [];
  const comparison = trial && (await compare(testbed, trial, subject));
  return trial && comparison && { trial, comparison, seed };
}
