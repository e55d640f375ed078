import { sample } from 'fast-check';
import { Kind, OperationTypeNode, print } from 'graphql';
import { ArbitraryTrial, drawOperations } from '../arbitrary-trial.js';
import { loadCatalogue } from '../catalogue.js';
import { runEngine } from '../executors.js';
import { prepareTrial } from '../prepared-trial.js';
import { createTestbed, type Testbed } from '../testbed.js';
import type { Trial } from '../trial.js';
import { askHive, type Opinion, type OpinionKind } from './ask-hive.js';
import { openHivePlanner } from './hive-planner.js';

/** The opinions about the operations of one supergraph. */
export interface OpinionSummary {
  supergraph: string;
  kinds: Record<OpinionKind, number>;
  /** Operations for which the engine sends more or fewer requests than Hive's plan, among those that agree. */
  requests: { more: number; fewer: number };
  /** The same for the number of planned fetches that follow one another. */
  depth: { more: number; fewer: number };
  /** The first operation for each disagreement, and for each kind of a larger plan. */
  examples: Map<string, string>;
}

export interface OpinionOptions {
  runs: number;
  seed: number;
}

/** Asks Hive's planner about random operations. Subscriptions and introspection are left out. */
export async function collectOpinions(testbed: Testbed, { runs, seed }: OpinionOptions): Promise<OpinionSummary> {
  const { schema } = testbed.graph;
  const trials = sample(new ArbitraryTrial(schema, drawOperations(schema, testbed.corpus)), { numRuns: runs, seed });
  const planner = openHivePlanner(testbed.sdl);
  const summary = emptySummary(testbed.name);
  try {
    for (const trial of trials.filter(isComparable)) {
      const prepared = await prepareTrial(testbed, trial, runEngine, () => undefined);
      if (prepared) add(summary, trial, await askHive(planner, prepared));
    }
  } finally {
    await planner.close();
  }
  return summary;
}

/** Prints the opinions about every supergraph, with examples. */
export async function reportOpinions(
  options: OpinionOptions,
  only: readonly string[] | undefined,
  print: (text: string) => void,
): Promise<void> {
  for (const entry of loadCatalogue().filter(({ name }) => only?.includes(name) ?? true)) {
    const { supergraph, kinds, requests, depth, examples } = await collectOpinions(createTestbed(entry), options);
    const counts = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
    print(`${supergraph.padEnd(20)} ${counts.join(', ')}`);
    print(
      `${''.padEnd(20)} requests: more ${requests.more}, fewer ${requests.fewer}; depth: more ${depth.more}, fewer ${depth.fewer}`,
    );
    for (const [name, example] of examples) print(`${name}: ${example}`);
  }
}

function emptySummary(supergraph: string): OpinionSummary {
  return {
    supergraph,
    kinds: { agrees: 0, notPlanned: 0, notExecuted: 0, otherData: 0 },
    requests: { more: 0, fewer: 0 },
    depth: { more: 0, fewer: 0 },
    examples: new Map(),
  };
}

function isComparable({ document }: Trial): boolean {
  const isSubscription = document.definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION,
  );
  return !isSubscription && !/\b__(schema|type)\b/.test(print(document));
}

function add(summary: OpinionSummary, { document, variables, world }: Trial, opinion: Opinion): void {
  const { kind, reason = '', own, hive } = opinion;
  summary.kinds[kind] += 1;
  const example = (name: string, text: string): void => {
    const operation = `${print(document)} ${JSON.stringify(variables)} (world ${world})`;
    if (!summary.examples.has(name)) summary.examples.set(name, `${text}\n${operation}`);
  };
  if (kind !== 'agrees' || !hive) return example(kind, reason);
  for (const property of ['requests', 'depth'] as const) {
    const difference = own[property] - hive[property];
    if (difference > 0) example(`more ${property}`, `${own[property]} for ${hive[property]}`);
    if (difference !== 0) summary[property][difference > 0 ? 'more' : 'fewer'] += 1;
  }
}
