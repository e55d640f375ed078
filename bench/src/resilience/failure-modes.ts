import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../measuring/quantile.js';
import { processorTime } from '../measuring/process-usage.js';
import type { ResilienceTestbed } from './resilience-testbed.js';
import { type BackgroundLoad, type LoadStats, startBackgroundLoad } from './background-load.js';
import type { FailureMode } from './failing-services.js';

/** The first is no illness: what becomes slower there does so by chance, and tells how much the other rows are worth. */
const failureModes: readonly FailureMode[] = ['well', 'gone', 'hung', 'answers 500', 'garbage', '30 s late'];

/**
 * Milliseconds of health and of illness. Each illness comes once in a round, after a time of health of its own, so that
 * what else the machine does falls on all of them.
 */
const phaseMs = { well: 2_000, ill: 2_500 };
const rounds = 10;

/** How much slower others may become, and how long a service that is well again may go without being asked. */
const limits = { growth: 1.2, recovery: 8_000 };

/** What each illness of a service costs those who ask another one. */
export async function measureFailureModes(arena: ResilienceTestbed): Promise<string[][]> {
  const load = startBackgroundLoad(arena.url);
  const measured = new Map(failureModes.map((mode) => [mode, emptyTotals()]));
  await wait(3 * phaseMs.well);
  for (let round = 0; round < rounds; round += 1)
    for (const [mode, totals] of measured) await measure({ testbed: arena, load, mode, totals });
  await load.stop();
  const head = ['the other service', 'p95 well', 'ill', 'ratio', 'CPU ms well', 'ill', 'failed', 'breaker', ''];
  return [head, ...[...measured].map(([mood, sum]) => rowOf(mood, sum))];
}

interface PhaseTotals {
  stats: LoadStats[];
  /** Milliseconds of processor time of the gateway. */
  cpuMs: number;
}

interface FailureModeTotals {
  healthy: PhaseTotals;
  failing: PhaseTotals;
  /** How often the breaker has opened and closed again, as the metrics tell. */
  opened: number;
  closed: number;
}

interface FailureModeRun {
  testbed: ResilienceTestbed;
  load: BackgroundLoad;
  mode: FailureMode;
  totals: FailureModeTotals;
}

async function measure({ testbed, load, mode, totals }: FailureModeRun): Promise<void> {
  const before = await testbed.breakerChanges();
  await add(totals.healthy, testbed, load, phaseMs.well);
  await testbed.services.setFailureMode(mode);
  await add(totals.failing, testbed, load, phaseMs.ill);
  await testbed.services.setFailureMode('well');
  await waitForRecovery(load);
  const after = await testbed.breakerChanges();
  totals.opened += after.open - before.open;
  totals.closed += after.closed - before.closed;
}

async function add(
  phases: PhaseTotals,
  { pid }: ResilienceTestbed,
  load: BackgroundLoad,
  milliseconds: number,
): Promise<void> {
  const before = await processorTime(pid);
  phases.stats.push(load.startPhase());
  await wait(milliseconds);
  load.startPhase();
  phases.cpuMs += (await processorTime(pid)) - before;
}

/** An answer that was on its way when the service fell ill may still be the last. */
async function waitForRecovery(load: BackgroundLoad): Promise<void> {
  const end = performance.now() + limits.recovery;
  while (!load.isUnstableHealthy() && performance.now() < end) await wait(100);
}

function emptyTotals(): FailureModeTotals {
  return { healthy: { stats: [], cpuMs: 0 }, failing: { stats: [], cpuMs: 0 }, opened: 0, closed: 0 };
}

function rowOf(mood: FailureMode, { healthy, failing, opened, closed }: FailureModeTotals): string[] {
  const times = [healthy, failing].map(({ stats }) => stats.flatMap((one) => one.times));
  const [before = NaN, during = NaN] = times.map((some) => quantile(some, 0.95));
  const costs = [healthy, failing].map(({ cpuMs }, index) => (cpuMs / (times[index]?.length ?? 0)).toFixed(2));
  const failed = [...healthy.stats, ...failing.stats].reduce((sum, one) => sum + one.failed, 0);
  const broken = [
    ...(during / before < limits.growth ? [] : ['slower']),
    ...(failed === 0 ? [] : ['failed']),
    ...(mood === 'well' || (opened >= rounds && closed >= rounds) ? [] : ['breaker']),
  ];
  if (broken.length > 0) process.exitCode = 1;
  return [
    mood,
    before.toFixed(1),
    during.toFixed(1),
    (during / before).toFixed(2),
    ...costs,
    String(failed),
    `opened ${opened}, closed ${closed}`,
    broken.length === 0 ? 'ok' : `FAILED: ${broken.join(', ')}`,
  ];
}
