import { setTimeout as wait } from 'node:timers/promises';
import type { Driver } from '../clients/drive.js';
import { rounded } from '../measuring/bars.js';
import { quantile } from '../measuring/spread.js';
import type { Bursts } from './bursts.js';
import { pacedTimes } from './times.js';

/** Milliseconds that each phase of a round lasts at the least. */
const phase = 1_000;

/** Milliseconds that known operations may wait longer at p99, because operations come that are new. */
const mostDelay = 10;

/** Operations at once. */
export const burstSize = 100;

interface Times {
  alone: number[];
  besideKnown: number[];
  besideNew: number[];
  /** Of the bursts themselves. */
  known: number[];
  fresh: number[];
}

/**
 * How long a known operation takes alone, beside bursts of others that are known, and beside bursts of the same that are
 * new. The three come in turn, so that whatever else the machine does is theirs alike.
 */
export async function measureDelays(driver: Driver, bursts: Bursts, rounds: number): Promise<string[][]> {
  const times: Times = { alone: [], besideKnown: [], besideNew: [], known: [], fresh: [] };
  await bursts.of(0);
  for (let round = 1; round <= rounds; round += 1) {
    times.alone.push(...(await pacedTimes(driver, wait(phase))));
    times.besideKnown.push(...(await pacedTimes(driver, burst(bursts, 0, times.known))));
    times.besideNew.push(...(await pacedTimes(driver, burst(bursts, round * burstSize, times.fresh))));
  }
  return table(times);
}

async function burst(bursts: Bursts, first: number, times: number[]): Promise<void> {
  const [answered] = await Promise.all([bursts.of(first), wait(phase)]);
  times.push(...answered);
}

function table({ alone, besideKnown, besideNew, known, fresh }: Times): string[][] {
  const row = (name: string, times: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((share) => rounded(quantile(times, share))),
    '',
  ];
  const more = quantile(besideNew, 0.99) - quantile(besideKnown, 0.99);
  if (more >= mostDelay) process.exitCode = 1;
  return [
    ['ms', 'p50', 'p99', 'longest', ''],
    row('a known operation, alone', alone),
    row(`beside bursts of ${burstSize} known ones`, besideKnown),
    row(`beside bursts of ${burstSize} new ones`, besideNew),
    row('the known ones of a burst', known),
    row('the new ones of a burst', fresh),
    ['more beside new ones than alone', '', signed(quantile(besideNew, 0.99) - quantile(alone, 0.99)), '', ''],
    ['more beside new ones than known ones', '', signed(more), '', more < mostDelay ? 'ok' : 'FAILED'],
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${rounded(Math.abs(value))}`;
}
