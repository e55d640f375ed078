import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatFigure } from '../measuring/bar-chart.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type AttackedGraph, type AttackFigures, openAttackedGraph } from './attacked-graph.js';
import { attackedSizes } from './attacked-sizes.js';
import { attacksOnGraph } from './attack-table.js';
import { violationsOf } from './attack-verdict.js';
import type { RegularUse } from './regular-use.js';

/** Milliseconds by which an attack may raise the p95 latency of regular pages. */
const maxIncreaseMs = 100;

/** Milliseconds of regular use before each attack, and the pause in which its connections end. */
const quietMs = 5_000;

/**
 * Runs each attack against the whole graph while regular users read pages and new users sign in. Exits with 1 when a
 * regular request fails, its p95 latency rises by more than 100 ms, a circuit breaker opens, a process exceeds the memory
 * of its container in production, or an attack has another outcome than it should.
 *
 *   --seconds=10              of each attack
 *   --only=new documents      this attack
 *   --write                   save the figures in bench/results/ and in bench/README.md
 */
export async function benchGraphAttacks(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      write: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '10' },
      only: { type: 'string' },
    },
  });
  const names = Object.keys(attacksOnGraph).filter((name) => (options.only ?? name) === name);
  const graph = await openAttackedGraph(attackedSizes);
  try {
    const rows: string[][] = [];
    await graph.quietly(wait(quietMs));
    for (const name of names) rows.push(await rowOf(graph, name, Number(options.seconds)));
    await report([head, ...rows], options.write);
  } finally {
    await graph.close();
  }
}

const head = ['attack', 'p50 ms before', 'p95', 'p50 ms during', 'p95', 'first sign-in p95', 'failed', 'MiB', ''];

async function rowOf(graph: AttackedGraph, name: string, seconds: number): Promise<string[]> {
  const quiet = await graph.quietly(wait(quietMs));
  const figures = await graph.attackWith(name, seconds);
  const { use, outcomes, memory, cpu } = figures;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`);
  const spent = [...cpu].map(([process, ms]) => `${process} ${formatFigure(ms / 1000)}`);
  process.stdout.write(`${name}: ${counts.join(', ')}; CPU s: ${spent.join(', ')}\n`);
  const times = [quiet, use].flatMap((one) => [quantile(one.times, 0.5), quantile(one.times, 0.95)]);
  return [
    name,
    ...[...times, quantile(use.signInTimes, 0.95)].map(formatFigure),
    String(use.failures.length),
    Math.max(...memory.values()).toFixed(0),
    verdict(name, quiet, figures),
  ];
}

function verdict(name: string, quiet: RegularUse, figures: AttackFigures): string {
  const plan = attacksOnGraph[name];
  const increase = quantile(figures.use.times, 0.95) - quantile(quiet.times, 0.95);
  const violations = [...(plan ? violationsOf(plan, figures) : []), ...(increase < maxIncreaseMs ? [] : ['slow'])];
  if (violations.length > 0) process.exitCode = 1;
  return violations.length > 0 ? `FAILED: ${violations.join(', ')}` : 'ok';
}

async function report(rows: string[][], write: boolean): Promise<void> {
  process.stdout.write(`\n${textTable(rows)}\n`);
  if (!write) return;
  await saveResult('attacks.txt', `${textTable(rows)}\n`);
  await publishTable('bench attacks', markdownTable(rows));
}
