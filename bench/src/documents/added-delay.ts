import { setTimeout as wait } from 'node:timers/promises';
import type { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { quantile } from '../measuring/quantile.js';
import type { BurstSender } from './burst-sender.js';
import { newOperation } from './document-operations.js';
import { measureAtPace } from './paced-requests.js';

/** Milliseconds that each phase of a round lasts at the least. */
const phaseMs = 1_000;

/** Milliseconds that known operations may wait longer at p99, because operations come that are new. */
const maxAddedDelayMs = 10;

/** Bursts of new ones that come before, so that the code for them is compiled. */
const warmUpRounds = 5;

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
export interface DelayClients {
  driver: LoadDriver;
  /**
   * Asks another gateway whatever will be new to the one that is measured, so that it is not new to the services: they
   * work out what they have not been asked before, and what is measured is the gateway.
   */
  warmUpDriver: LoadDriver;
  bursts: BurstSender;
}

/**
 * How long a known operation takes alone, beside bursts of others that are known, and beside bursts of the same that are
 * new. The three come in turn, so that whatever else the machine does is theirs alike.
 */
export async function measureDelays(
  { driver, warmUpDriver, bursts }: DelayClients,
  rounds: number,
): Promise<string[][]> {
  const times: Times = { alone: [], besideKnown: [], besideNew: [], known: [], fresh: [], more: [] };
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
  const besideKnown = await measureAtPace(driver, burst(bursts, 0, times.known));
  const besideNew = await measureAtPace(driver, burst(bursts, first, times.fresh));
  times.alone.push(...alone);
  times.besideKnown.push(...besideKnown);
  times.besideNew.push(...besideNew);
  times.more.push(quantile(besideNew, 0.99) - quantile(alone, 0.99));
}

async function warmUpServices(teacher: LoadDriver, first: number): Promise<void> {
  for (let one = 0; one < burstSize; one += 1) await teacher.request(newOperation(first + one), one);
  await wait(phaseMs / 4);
}

async function burst(bursts: BurstSender, first: number, times: number[]): Promise<void> {
  const [answered] = await Promise.all([bursts.send(first), wait(phaseMs)]);
  times.push(...answered);
}

function table({ alone, besideKnown, besideNew, known, fresh, more: mores }: Times): string[][] {
  const row = (name: string, times: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((share) => formatFigure(quantile(times, share))),
    '',
  ];
  const more = quantile(mores, 0.5);
  if (more >= maxAddedDelayMs) process.exitCode = 1;
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
      more < maxAddedDelayMs ? 'ok' : 'FAILED',
    ],
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${formatFigure(Math.abs(value))}`;
}
