import { setTimeout as wait } from 'node:timers/promises';
import type { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { quantile } from '../measuring/quantile.js';
import type { BurstSender } from './burst-sender.js';
import { newOperation } from './document-operations.js';
import { measureAtPace } from './paced-requests.js';

/** Minimum duration of each phase of a round in milliseconds. */
const phaseMs = 1_000;

/** Milliseconds by which new operations may raise the p99 latency of known operations. */
const maxAddedDelayMs = 10;

/** Bursts before the measurement, so that the code is compiled. */
const warmUpRounds = 5;

/** Operations per burst. */
export const burstSize = 100;

interface Times {
  alone: number[];
  duringKnown: number[];
  duringNew: number[];
  /** Latencies of the operations in the bursts. */
  known: number[];
  fresh: number[];
  /** Increase of the p99 latency during bursts of new operations, for each round. */
  increases: number[];
}

/** The clients of the measurement. */
export interface DelayClients {
  driver: LoadDriver;
  /**
   * Sends each new document through a second gateway first, so that the stub services have it cached and only the
   * cost of the measured gateway shows.
   */
  warmUpDriver: LoadDriver;
  bursts: BurstSender;
}

/**
 * Measures the latency of a known operation alone, during bursts of known operations, and during bursts of new ones.
 * The phases alternate, so that other load on the machine affects all of them alike.
 */
export async function measureDelays(
  { driver, warmUpDriver, bursts }: DelayClients,
  rounds: number,
): Promise<string[][]> {
  const times: Times = { alone: [], duringKnown: [], duringNew: [], known: [], fresh: [], increases: [] };
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const first = round * burstSize;
    await warmUpServices(warmUpDriver, first);
    if (round < warmUpRounds) await bursts.send(first);
    else await measureRound({ driver, bursts }, first, times);
  }
  return table(times);
}

async function measureRound(
  { driver, bursts }: Pick<DelayClients, 'driver' | 'bursts'>,
  first: number,
  times: Times,
): Promise<void> {
  const alone = await measureAtPace(driver, wait(phaseMs));
  const duringKnown = await measureAtPace(driver, burst(bursts, 0, times.known));
  const duringNew = await measureAtPace(driver, burst(bursts, first, times.fresh));
  times.alone.push(...alone);
  times.duringKnown.push(...duringKnown);
  times.duringNew.push(...duringNew);
  times.increases.push(quantile(duringNew, 0.99) - quantile(alone, 0.99));
}

async function warmUpServices(teacher: LoadDriver, first: number): Promise<void> {
  for (let one = 0; one < burstSize; one += 1) await teacher.request(newOperation(first + one), one);
  await wait(phaseMs / 4);
}

async function burst(bursts: BurstSender, first: number, times: number[]): Promise<void> {
  const [latencies] = await Promise.all([bursts.send(first), wait(phaseMs)]);
  times.push(...latencies);
}

function table({ alone, duringKnown, duringNew, known, fresh, increases }: Times): string[][] {
  const row = (name: string, times: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((share) => formatFigure(quantile(times, share))),
    '',
  ];
  const increase = quantile(increases, 0.5);
  if (increase >= maxAddedDelayMs) process.exitCode = 1;
  return [
    ['ms', 'p50', 'p99', 'max', ''],
    row('known operation, alone', alone),
    row(`known operation, during bursts of ${burstSize} known`, duringKnown),
    row(`known operation, during bursts of ${burstSize} new`, duringNew),
    row('known operations of a burst', known),
    row('new operations of a burst', fresh),
    [
      'increase by bursts of new operations, median',
      '',
      signed(increase),
      '',
      increase < maxAddedDelayMs ? 'ok' : 'FAILED',
    ],
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${formatFigure(Math.abs(value))}`;
}
