import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../measuring/quantile.js';
import { processorTime } from '../measuring/process-usage.js';
import type { ResilienceTestbed } from './resilience-testbed.js';
import { type BackgroundLoad, type LoadStats, startBackgroundLoad } from './background-load.js';
import type { FailureMode } from './failing-services.js';

/** The first mode is the control: its ratio shows the noise of the measurement. */
const failureModes: readonly FailureMode[] = [
  'healthy',
  'connection reset',
  'no response',
  'HTTP 500',
  'invalid response',
  '30 s delay',
];

/**
 * Milliseconds of the healthy and of the failing phase. Each failure mode occurs once per round, after its own healthy
 * phase, so that other load on the machine affects all of them.
 */
const phaseMs = { healthy: 2_000, failing: 2_500 };
const rounds = 10;

/** Limits: the growth of the p95 latency of the stable subgraph, and milliseconds until the unstable one is used again. */
const limits = { growth: 1.2, recoveryMs: 8_000 };

/** Measures how each failure mode of one subgraph affects requests to another one. */
export async function measureFailureModes(testbed: ResilienceTestbed): Promise<string[][]> {
  const load = startBackgroundLoad(testbed.url);
  const measured = new Map(failureModes.map((mode) => [mode, emptyTotals()]));
  await wait(3 * phaseMs.healthy);
  for (let round = 0; round < rounds; round += 1)
    for (const [mode, totals] of measured) await measure({ testbed, load, mode, totals });
  await load.stop();
  const head = ['failure mode', 'p95 before', 'during', 'ratio', 'CPU ms before', 'during', 'failed', 'breaker', ''];
  return [head, ...[...measured].map(([mode, sum]) => rowOf(mode, sum))];
}

interface PhaseTotals {
  stats: LoadStats[];
  /** CPU milliseconds of the gateway. */
  cpuMs: number;
}

interface FailureModeTotals {
  healthy: PhaseTotals;
  failing: PhaseTotals;
  /** How often the circuit breaker has opened and closed again. */
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
  await add(totals.healthy, testbed, load, phaseMs.healthy);
  await testbed.services.setFailureMode(mode);
  await add(totals.failing, testbed, load, phaseMs.failing);
  await testbed.services.setFailureMode('healthy');
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

/** Polls, since the last response may have been in flight when the failure began. */
async function waitForRecovery(load: BackgroundLoad): Promise<void> {
  const end = performance.now() + limits.recoveryMs;
  while (!load.isUnstableHealthy() && performance.now() < end) await wait(100);
}

function emptyTotals(): FailureModeTotals {
  return { healthy: { stats: [], cpuMs: 0 }, failing: { stats: [], cpuMs: 0 }, opened: 0, closed: 0 };
}

function rowOf(mode: FailureMode, { healthy, failing, opened, closed }: FailureModeTotals): string[] {
  const times = [healthy, failing].map(({ stats }) => stats.flatMap((one) => one.times));
  const [before = NaN, during = NaN] = times.map((some) => quantile(some, 0.95));
  const costs = [healthy, failing].map(({ cpuMs }, index) => (cpuMs / (times[index]?.length ?? 0)).toFixed(2));
  const failed = [...healthy.stats, ...failing.stats].reduce((sum, one) => sum + one.failed, 0);
  const violations = [
    ...(during / before < limits.growth ? [] : ['slower']),
    ...(failed === 0 ? [] : ['failed']),
    ...(mode === 'healthy' || (opened >= rounds && closed >= rounds) ? [] : ['breaker']),
  ];
  if (violations.length > 0) process.exitCode = 1;
  return [
    mode,
    before.toFixed(1),
    during.toFixed(1),
    (during / before).toFixed(2),
    ...costs,
    String(failed),
    `opened ${opened}, closed ${closed}`,
    violations.length === 0 ? 'ok' : `FAILED: ${violations.join(', ')}`,
  ];
}
