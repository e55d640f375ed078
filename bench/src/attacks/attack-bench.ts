import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Outcomes } from '@marquee/testkit/floods/flood';
import { formatFigure } from '../measuring/bar-chart.js';
import { startScript } from '../measuring/child-processes.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { memoryInUse, peakMemory, resetPeakMemory } from '../measuring/process-usage.js';
import { type AttackTestbed, openAttackTestbed } from './attack-testbed.js';
import type { AttackInput } from './attacker-process.js';
import { type AttackPlan, attackPlans } from './attack-plans.js';
import { probeLatency, type ProbeResult } from './latency-probe.js';

/** Limits: the p95 latency of regular requests in milliseconds, and the MB that an attack may leave behind. */
const limits = { p95Ms: 100, retainedMb: 32 };

/** Milliseconds after an attack until its connections have timed out. */
const settleMs = 3_000;

/**
 * Runs each attack against a gateway while regular clients query it, and reports their latency, failures and the
 * gateway's memory. Exits with 1 when a limit is exceeded.
 *
 *   --seconds=6     of each attack
 *   --only=churn    this attack
 *   --write         save the figures in bench/results/ and in bench/README.md
 */
export async function benchAttacks(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      write: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '6' },
      only: { type: 'string' },
    },
  });
  const testbed = await openAttackTestbed();
  const plans = Object.entries(attackPlans(testbed)).filter(([name]) => (options.only ?? name) === name);
  try {
    const rows: string[][] = [];
    await measure(testbed, 'churn', 2);
    for (const [name, plan] of plans)
      rows.push(rowOf(name, plan, await measure(testbed, name, Number(options.seconds))));
    await report([head, ...rows], `The issuer's keys were fetched ${testbed.keyFetches()} times.`, options.write);
  } finally {
    await testbed.close();
  }
}

interface AttackResult {
  baseline: ProbeResult;
  underAttack: ProbeResult;
  outcomes: Outcomes;
  /** Resident memory of the gateway in MB: before, peak and after. */
  memory: { before: number; peak: number; after: number };
}

async function measure(testbed: AttackTestbed, name: string, seconds: number): Promise<AttackResult> {
  const { url, pid, issuer, clientId } = testbed;
  const baseline = await probeLatency(url, testbed.query, testbed.expected, wait(1_500));
  const before = await memoryInUse(pid);
  await resetPeakMemory(pid);
  const attack = startScript<{ outcomes: Outcomes }>('attacks/attacker-process', {
    ...{ name, url, seconds, issuer, clientId },
  } satisfies AttackInput);
  const underAttack = await probeLatency(url, testbed.query, testbed.expected, attack);
  const { message, close } = await attack;
  await close();
  await wait(settleMs);
  const peak = await peakMemory(pid);
  return { baseline, underAttack, outcomes: message.outcomes, memory: { before, peak, after: await memoryInUse(pid) } };
}

const head = ['attack', 'p50 ms before', 'p95', 'p50 ms during', 'p95', 'failed', 'MB before', 'peak', 'after', ''];

function rowOf(name: string, plan: AttackPlan, measured: AttackResult): string[] {
  const { baseline, underAttack, memory, outcomes } = measured;
  const times = [baseline, underAttack].flatMap((probe) => [quantile(probe.times, 0.5), quantile(probe.times, 0.95)]);
  const outcomeCounts = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`);
  process.stdout.write(`${name}: ${outcomeCounts.join(', ')}\n`);
  const memories = [memory.before, memory.peak, memory.after].map((value) => value.toFixed(0));
  return [name, ...times.map(formatFigure), String(underAttack.failed), ...memories, verdict(plan, measured)];
}

function verdict({ outcomes: expected }: AttackPlan, { underAttack, memory, outcomes }: AttackResult): string {
  const violations = [
    ...(quantile(underAttack.times, 0.95) < limits.p95Ms ? [] : ['slow']),
    ...(underAttack.failed === 0 ? [] : ['failed']),
    ...(memory.after - memory.before < limits.retainedMb ? [] : ['memory']),
    ...Object.keys(outcomes).filter((outcome) => !expected.includes(outcome)),
  ];
  if (violations.length > 0) process.exitCode = 1;
  return violations.length > 0 ? `FAILED: ${violations.join(', ')}` : 'ok';
}

async function report(rows: string[][], about: string, write: boolean): Promise<void> {
  process.stdout.write(`\n${textTable(rows)}\n\n${about}\n`);
  if (!write) return;
  await saveResult('floods.txt', `${textTable(rows)}\n\n${about}\n`);
  await publishTable('bench floods', markdownTable(rows));
}
