import { setTimeout as wait } from 'node:timers/promises';
import type { Driver } from '../clients/drive.js';
import { rounded } from '../measuring/bars.js';
import { quantile } from '../measuring/spread.js';
import type { Bursts } from './bursts.js';
import { ofTwoServices } from './questions.js';
import { pacedTimes } from './times.js';

/** Milliseconds that each phase of a round lasts at the least. */
const phase = 1_000;

/** Milliseconds that known operations may wait longer at p99, because operations come that are new. */
const mostDelay = 10;

/** Bursts of new ones that come before, so that the code for them is compiled. */
const warmRounds = 5;

/** Operations at once. */
export const burstSize = 100;

interface Times {
  alone: number[];
  besideKnown: number[];
  besideNew: number[];
  /** Of the bursts themselves. */
  known: number[];
  fresh: number[];
  /** By how much p99 was longer beside new ones than alone, in each round. */
  more: number[];
}

/** Who asks. */
export interface Asking {
  driver: Driver;
  /**
   * Asks another gateway whatever will be new to the one that is measured, so that it is not new to the services: they
   * work out what they have not been asked before, and what is measured is the gateway.
   */
  teacher: Driver;
  bursts: Bursts;
}

/**
 * How long a known operation takes alone, beside bursts of others that are known, and beside bursts of the same that are
 * new. The three come in turn, so that whatever else the machine does is theirs alike.
 */
export async function measureDelays({ driver, teacher, bursts }: Asking, rounds: number): Promise<string[][]> {
  const times: Times = { alone: [], besideKnown: [], besideNew: [], known: [], fresh: [], more: [] };
  for (let round = 0; round < warmRounds + rounds; round += 1) {
    const first = round * burstSize;
    await teach(teacher, first);
    if (round < warmRounds) await bursts.of(first);
    else await measureRound({ driver, bursts }, first, times);
  }
  return table(times);
}

async function measureRound(
  { driver, bursts }: Pick<Asking, 'driver' | 'bursts'>,
  first: number,
  times: Times,
): Promise<void> {
  const alone = await pacedTimes(driver, wait(phase));
  const besideKnown = await pacedTimes(driver, burst(bursts, 0, times.known));
  const besideNew = await pacedTimes(driver, burst(bursts, first, times.fresh));
  times.alone.push(...alone);
  times.besideKnown.push(...besideKnown);
  times.besideNew.push(...besideNew);
  times.more.push(quantile(besideNew, 0.99) - quantile(alone, 0.99));
}

async function teach(teacher: Driver, first: number): Promise<void> {
  for (let one = 0; one < burstSize; one += 1) await teacher.ask(ofTwoServices(first + one), one);
  await wait(phase / 4);
}

async function burst(bursts: Bursts, first: number, times: number[]): Promise<void> {
  const [answered] = await Promise.all([bursts.of(first), wait(phase)]);
  times.push(...answered);
}

function table({ alone, besideKnown, besideNew, known, fresh, more: mores }: Times): string[][] {
  const row = (name: string, times: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((share) => rounded(quantile(times, share))),
    '',
  ];
  const more = quantile(mores, 0.5);
  if (more >= mostDelay) process.exitCode = 1;
  return [
    ['ms', 'p50', 'p99', 'longest', ''],
    row('a known operation, alone', alone),
    row(`beside bursts of ${burstSize} known ones`, besideKnown),
    row(`beside bursts of ${burstSize} new ones`, besideNew),
    row('the known ones of a burst', known),
    row('the new ones of a burst', fresh),
    [
      'more beside new ones than alone, in the middle of all rounds',
      '',
      signed(more),
      '',
      more < mostDelay ? 'ok' : 'FAILED',
    ],
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${rounded(Math.abs(value))}`;
}
