import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { textTable } from '../measuring/tables.js';
import { type Arena, openArena } from './arena.js';
import { illnesses } from './illnesses.js';
import { load } from './load.js';
import { loopOf, type LoopReport } from './loop-report.js';

/** Reloads, one of five of a file that is broken; milliseconds between two of them. */
const reloads = 20;
const between = 600;

/** Milliseconds of processor time that the loop may spend without a pause: the same however busy the machine is. */
const longestTurn = 10;

/**
 * Shows what a service that is ill costs those who ask another one, and how long reloads block the gateway's loop.
 * It ends with 1 when a promise was broken.
 */
export async function benchResilience(): Promise<void> {
  const arena = await openArena();
  try {
    say(textTable(await illnesses(arena)));
    say('');
    say(textTable(await reloading(arena)));
  } finally {
    await arena.close();
  }
}

async function reloading(arena: Arena): Promise<string[][]> {
  // To compose takes longer than a service may: it is done before anyone asks.
  const texts = Array.from({ length: reloads }, (_, round) =>
    round % 5 === 4 ? 'broken {' : arena.composed(`round${round}: Int`),
  );
  await loopOf(arena.pid);
  const before = await load(arena.url, between * reloads);
  const quiet = await loopOf(arena.pid);
  const asking = load(arena.url, between * reloads);
  for (const text of texts) {
    await writeFile(arena.supergraph, text);
    await wait(between);
  }
  const during = await asking;
  const busy = await loopOf(arena.pid);
  return [
    ['loop of the gateway, ms', 'late p99', 'most', 'turn most', `over ${longestTurn}`, 'failed', ''],
    loopRow('under load', quiet, before.failed),
    loopRow(`with ${reloads} reloads`, busy, during.failed),
  ];
}

function loopRow(name: string, { late, busy }: LoopReport, failed: number): string[] {
  const isKept = busy.overTen === 0 && failed === 0;
  if (!isKept) process.exitCode = 1;
  const figures = [late.p99, late.most, busy.most].map((value) => value.toFixed(1));
  return [name, ...figures, String(busy.overTen), String(failed), isKept ? 'ok' : 'FAILED'];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
