import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Outcomes } from '@marquee/testkit/floods/target';
import { formatFigure } from '../measuring/bar-chart.js';
import { startScript } from '../measuring/child-processes.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { resetPeakMemory, peakMemory, residentMemory } from '../measuring/process-usage.js';
import { type AttackTestbed, openAttackTestbed } from './attack-testbed.js';
import type { AttackInput } from './attacker-process.js';
import { type AttackPlan, attackPlans } from './attack-plans.js';
import { probeLatency, type ProbeResult } from './latency-probe.js';

/** Milliseconds within which 95 of 100 answers come, and MB that a flood may leave behind. */
const limits = { p95: 100, left: 32 };

/** Milliseconds until what is left of a flood is gone. */
const settleMs = 3_000;

/**
 * Floods a gateway in each of many ways while somebody else asks it something, and tells what they met. It ends with 1
 * when a promise was broken. `--seconds=6` for each flood, `--only=churn` for one; with `--write` the figures are kept.
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
  const arena = await openAttackTestbed();
  const plans = Object.entries(attackPlans(arena)).filter(([name]) => (options.only ?? name) === name);
  try {
    const rows: string[][] = [];
    await measure(arena, 'churn', 2);
    for (const [name, plan] of plans) rows.push(rowOf(name, plan, await measure(arena, name, Number(options.seconds))));
    await report([head, ...rows], `The keys of the issuer were fetched ${arena.keyFetches()} times.`, options.write);
  } finally {
    await arena.close();
  }
}

interface AttackResult {
  quiet: ProbeResult;
  flooded: ProbeResult;
  outcomes: Outcomes;
  /** MB that the gateway held before and after, and the most between. */
  memory: { before: number; most: number; after: number };
}

async function measure(arena: AttackTestbed, name: string, seconds: number): Promise<AttackResult> {
  const { url, pid, issuer, clientId } = arena;
  const quiet = await probeLatency(url, arena.query, arena.answer, wait(1_500));
  const before = await held(pid);
  await resetPeakMemory(pid);
  const flood = startScript<{ outcomes: Outcomes }>('attacks/attacker-process', {
    ...{ name, url, seconds, issuer, clientId },
  } satisfies AttackInput);
  const flooded = await probeLatency(url, arena.query, arena.answer, flood);
  const { message, close } = await flood;
  await close();
  await wait(settleMs);
  const most = await peakMemory(pid);
  return { quiet, flooded, outcomes: message.outcomes, memory: { before, most, after: await held(pid) } };
}

/** What it holds after its garbage is collected. */
async function held(pid: number): Promise<number> {
  for (let times = 0; times < 2; times += 1) {
    process.kill(pid, 'SIGUSR2');
    await wait(300);
  }
  return residentMemory(pid);
}

const head = ['flood', 'p50 ms quiet', 'p95', 'p50 ms flooded', 'p95', 'failed', 'MB before', 'most', 'after', ''];

function rowOf(name: string, plan: AttackPlan, measured: AttackResult): string[] {
  const { quiet, flooded, memory, outcomes } = measured;
  const times = [quiet, flooded].flatMap((probed) => [quantile(probed.times, 0.5), quantile(probed.times, 0.95)]);
  const met = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`);
  process.stdout.write(`${name}: ${met.join(', ')}\n`);
  const memories = [memory.before, memory.most, memory.after].map((value) => value.toFixed(0));
  return [name, ...times.map(formatFigure), String(flooded.failed), ...memories, verdict(plan, measured)];
}

function verdict({ outcomes: expected }: AttackPlan, { flooded, memory, outcomes }: AttackResult): string {
  const broken = [
    ...(quantile(flooded.times, 0.95) < limits.p95 ? [] : ['slow']),
    ...(flooded.failed === 0 ? [] : ['failed']),
    ...(memory.after - memory.before < limits.left ? [] : ['memory']),
    ...Object.keys(outcomes).filter((outcome) => !expected.includes(outcome)),
  ];
  if (broken.length > 0) process.exitCode = 1;
  return broken.length > 0 ? `FAILED: ${broken.join(', ')}` : 'ok';
}

async function report(rows: string[][], about: string, write: boolean): Promise<void> {
  process.stdout.write(`\n${textTable(rows)}\n\n${about}\n`);
  if (!write) return;
  await saveResult('floods.txt', `${textTable(rows)}\n\n${about}\n`);
  await publishTable('bench floods', markdownTable(rows));
}
