import { asyncProperty, check, type RunDetails } from 'fast-check';
import { OperationTypeNode } from 'graphql';
import type { Arena } from './arena.js';
import { compare, type Comparison, type Executor } from './comparison.js';
import type { Trial } from './trial.js';
import { Trials } from './trials.js';

export interface Findings {
  runs: number;
  /** Operations that the planner refused. */
  unplanned: number;
  /** The smallest trial that was found to differ. */
  found?: { trial: Trial; comparison: Comparison; seed: number } | undefined;
}

/** Compares the executors on as many drawn trials, until they differ. The same seed draws the same trials. */
export async function checkArena(arena: Arena, runs: number, seed: number, subject: Executor): Promise<Findings> {
  let unplanned = 0;
  const property = asyncProperty(new Trials(arena.graph.schema, kindsOf(arena)), async (trial) => {
    const comparison = await compare(arena, trial, subject);
    if (!comparison) unplanned += 1;
    return comparison?.difference === undefined;
  });
  const details = await check(property, { seed, numRuns: runs, endOnFailure: false });
  return { runs: details.numRuns, unplanned, found: await smallest(arena, details, subject) };
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

/** Mostly queries, and of the others each as often. */
function kindsOf({ graph: { schema } }: Arena): OperationTypeNode[] {

  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const others = [MUTATION, SUBSCRIPTION].filter((kind) => schema.getRootType(kind));
  return [QUERY, QUERY, ...others];
}
