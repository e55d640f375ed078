import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../measuring/spread.js';
import { processorTime } from '../measuring/usage.js';
import type { Arena } from './arena.js';
import { isWell, load } from './load.js';
import type { Mood } from './services.js';

const moods: readonly Mood[] = ['gone', 'hung', 'answers 500', 'garbage', '30 s late'];

/** Milliseconds of health and of illness, in turn and so often, so that what else the machine does falls on both. */
const lasting = { well: 3_000, ill: 4_000 };
const rounds = 3;

/** How much slower others may become, and how long a service that is well again may go without being asked. */
const promised = { growth: 1.2, recovery: 8_000 };

/** What each illness of a service costs those who ask another one. */
export async function illnesses(arena: Arena): Promise<string[][]> {
  const rows = [['the other service', 'p95 well', 'ill', 'ratio', 'CPU ms well', 'ill', 'failed', 'breaker', '']];
  await load(arena.url, 2 * lasting.well);
  for (const mood of moods) rows.push(rowOf(mood, await measure(arena, mood)));
  return rows;
}

interface Phase {
  times: number[];
  failed: number;
  /** Milliseconds of processor time of the gateway. */
  spent: number;
}

interface Measured {
  well: Phase;
  ill: Phase;
  /** How often the breaker has opened and closed again, as the metrics tell. */
  opened: number;
  closed: number;
}

async function measure(arena: Arena, mood: Mood): Promise<Measured> {
  const [well, ill]: [Phase, Phase] = [nothing(), nothing()];
  const before = await arena.breaker();
  for (let round = 0; round < rounds; round += 1) {
    await add(well, arena, lasting.well);
    arena.services.mood = mood;
    await add(ill, arena, lasting.ill);
    arena.services.mood = 'well';
    await recovery(arena);
  }
  const after = await arena.breaker();
  return { well, ill, opened: after.open - before.open, closed: after.closed - before.closed };
}

async function add(phase: Phase, { url, pid }: Arena, milliseconds: number): Promise<void> {
  const before = await processorTime(pid);
  const { times, failed } = await load(url, milliseconds);
  phase.times.push(...times);
  phase.failed += failed;
  phase.spent += (await processorTime(pid)) - before;
}

async function recovery({ url }: Arena): Promise<void> {
  const end = performance.now() + promised.recovery;
  while (!(await isWell(url)) && performance.now() < end) await wait(100);
}

function nothing(): Phase {
  return { times: [], failed: 0, spent: 0 };
}

function rowOf(mood: Mood, { well, ill, opened, closed }: Measured): string[] {
  const [before, during] = [quantile(well.times, 0.95), quantile(ill.times, 0.95)];
  const costs = [well, ill].map(({ spent, times }) => (spent / times.length).toFixed(2));
  const broken = [
    ...(during / before < promised.growth ? [] : ['slower']),
    ...(well.failed + ill.failed === 0 ? [] : ['failed']),
    ...(opened >= rounds && closed >= rounds ? [] : ['breaker']),
  ];
  if (broken.length > 0) process.exitCode = 1;
  return [
    mood,
    before.toFixed(1),
    during.toFixed(1),
    (during / before).toFixed(2),
    ...costs,
    String(well.failed + ill.failed),
    `opened ${opened}, closed ${closed}`,
    broken.length === 0 ? 'ok' : `FAILED: ${broken.join(', ')}`,
  ];
}
