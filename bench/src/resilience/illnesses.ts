import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../measuring/spread.js';
import { processorTime } from '../measuring/usage.js';
import type { Arena } from './arena.js';
import { type Load, type Met, startLoad } from './load.js';
import type { Mood } from './moods.js';

/** The first is no illness: what becomes slower there does so by chance, and tells how much the other rows are worth. */
const moods: readonly Mood[] = ['well', 'gone', 'hung', 'answers 500', 'garbage', '30 s late'];

/**
 * Milliseconds of health and of illness. Each illness comes once in a round, after a time of health of its own, so that
 * what else the machine does falls on all of them.
 */
const lasting = { well: 2_000, ill: 2_500 };
const rounds = 10;

/** How much slower others may become, and how long a service that is well again may go without being asked. */
const promised = { growth: 1.2, recovery: 8_000 };

/** What each illness of a service costs those who ask another one. */
export async function illnesses(arena: Arena): Promise<string[][]> {
  const load = startLoad(arena.url);
  const measured = new Map(moods.map((mood) => [mood, nothing()]));
  await wait(3 * lasting.well);
  for (let round = 0; round < rounds; round += 1)
    for (const [mood, sum] of measured) await measure({ arena, load, mood, sum });
  await load.stop();
  const head = ['the other service', 'p95 well', 'ill', 'ratio', 'CPU ms well', 'ill', 'failed', 'breaker', ''];
  return [head, ...[...measured].map(([mood, sum]) => rowOf(mood, sum))];
}

interface Phases {
  met: Met[];
  /** Milliseconds of processor time of the gateway. */
  spent: number;
}

interface Measured {
  well: Phases;
  ill: Phases;
  /** How often the breaker has opened and closed again, as the metrics tell. */
  opened: number;
  closed: number;
}

interface Measuring {
  arena: Arena;
  load: Load;
  mood: Mood;
  sum: Measured;
}

async function measure({ arena, load, mood, sum }: Measuring): Promise<void> {
  const before = await arena.breaker();
  await add(sum.well, arena, load, lasting.well);
  await arena.services.become(mood);
  await add(sum.ill, arena, load, lasting.ill);
  await arena.services.become('well');
  await recovery(load);
  const after = await arena.breaker();
  sum.opened += after.open - before.open;
  sum.closed += after.closed - before.closed;
}

async function add(phases: Phases, { pid }: Arena, load: Load, milliseconds: number): Promise<void> {
  const before = await processorTime(pid);
  phases.met.push(load.next());
  await wait(milliseconds);
  load.next();
  phases.spent += (await processorTime(pid)) - before;
}

/** An answer that was on its way when the service fell ill may still be the last. */
async function recovery(load: Load): Promise<void> {
  const end = performance.now() + promised.recovery;
  while (!load.isWell() && performance.now() < end) await wait(100);
}

function nothing(): Measured {
  return { well: { met: [], spent: 0 }, ill: { met: [], spent: 0 }, opened: 0, closed: 0 };
}

function rowOf(mood: Mood, { well, ill, opened, closed }: Measured): string[] {
  const times = [well, ill].map(({ met }) => met.flatMap((one) => one.times));
  const [before = NaN, during = NaN] = times.map((some) => quantile(some, 0.95));
  const costs = [well, ill].map(({ spent }, index) => (spent / (times[index]?.length ?? 0)).toFixed(2));
  const failed = [...well.met, ...ill.met].reduce((sum, one) => sum + one.failed, 0);
  const broken = [
    ...(during / before < promised.growth ? [] : ['slower']),
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
