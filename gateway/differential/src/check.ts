import { asyncProperty, check, type RunDetails } from 'fast-check';
import type { Arena } from './arena.js';
import { compare, type Comparison, type Executor } from './comparison.js';
import type { Trial } from './trial.js';
import { generated, Trials } from './trials.js';

export interface Findings {
  runs: number;
  /** Operations that the planner refused, or that the measure is not made for. */
  passedOver: number;
  /** The smallest trial that was found to differ. */
  found?: { trial: Trial; comparison: Comparison; seed: number } | undefined;
}

export interface Checking {
  runs: number;
  /** The same seed draws the same trials. */
  seed: number;
  subject: Executor;
  /** Where operations come from; they are written when it is left out. */
  operations?: ReturnType<typeof generated>;
}

/** Compares the executors on as many drawn trials, until they differ. */
export async function checkArena(arena: Arena, checking: Checking): Promise<Findings> {
  const { runs, seed, subject, operations = generated(arena.graph.schema) } = checking;
  let passedOver = 0;
  const property = asyncProperty(new Trials(arena.graph.schema, operations), async (trial) => {
    const comparison = await compare(arena, trial, subject);
    if (!comparison) passedOver += 1;
    return comparison?.difference === undefined;
  });
  const details = await check(property, { seed, numRuns: runs });
  return { runs: details.numRuns, passedOver, found: await smallest(arena, details, subject) };
}

async function smallest(
  arena: Arena,
  { counterexample, seed }: RunDetails<[Trial]>,
  subject: Executor,
): Promise<Findings['found']> {
  const [trial] = counterexample ?? [];
  const comparison = trial && (await compare(arena, trial, subject));
  return trial && comparison && { trial, comparison, seed };
}
