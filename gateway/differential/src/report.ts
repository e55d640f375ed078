import { print } from 'graphql';
import type { Counterexample } from './check-executor.js';
import type { SliceResult } from './check-process.js';
import { type LooseningName, loosenings } from './loosenings.js';
import type { Testbed } from './testbed.js';

/** Describes a difference with everything that is needed to reproduce it. */
export function describeCounterexample({ name }: Testbed, { trial, comparison, seed }: Counterexample): string {
  const { document, variables, world, failures } = trial;
  return [
    `${name}: ${comparison.difference ?? ''} differ (seed ${seed}, world ${world}, failures ${failures})`,
    print(document),
    `variables ${JSON.stringify(variables)}`,
    `reference ${JSON.stringify(comparison.reference, null, 1)}`,
    `engine ${JSON.stringify(comparison.subject, null, 1)}`,
  ].join('\n');
}

/** One line per supergraph, and one per accepted difference with the number of operations that it decided. */
export function describeResults(results: readonly SliceResult[]): string {
  const names = [...new Set(results.map(({ supergraph }) => supergraph))];
  const lines = names.map((name) => {
    const own = results.filter(({ supergraph }) => supergraph === name);
    return `${name.padEnd(20)} ${describeCounts(own)}`;
  });
  return [...lines, `${'all'.padEnd(20)} ${describeCounts(results)}`, '', ...describeLoosenings(results)].join('\n');
}

function describeCounts(results: readonly SliceResult[]): string {
  const runs = sum(results.map((one) => one.runs));
  const cpu = sum(results.map((one) => one.cpu));
  const differences = results.filter(({ counterexample }) => counterexample !== undefined).length;
  const seeds = new Set(results.map(({ seed }) => seed)).size;
  return `${runs} operations, ${seeds} seeds, ${differences} differences, ${Math.round(runs / cpu)} per second of CPU`;
}

function describeLoosenings(results: readonly SliceResult[]): string[] {
  return (Object.keys(loosenings) as LooseningName[]).map((name) => {
    const count = sum(results.map(({ loosened }) => loosened[name] ?? 0));
    return `${name.padEnd(24)} ${String(count).padStart(7)}  ${loosenings[name].accepts}`;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
