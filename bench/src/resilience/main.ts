import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keepResult, writeIntoReadme } from '../measuring/readme.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type Arena, openArena } from './arena.js';
import { illnesses } from './illnesses.js';
import { type Load, type Met, startLoad } from './load.js';
import { loopOf, type LoopReport } from './loop-report.js';

/** Reloads, one of five of a file that is broken; milliseconds between two of them. */
const reloads = 20;
const between = 600;

/** Milliseconds of processor time that the loop may spend without a pause: the same however busy the machine is. */
const longestTurn = 10;

/**
 * Shows what a service that is ill costs those who ask another one, and how long reloads block the gateway's loop.
 * It ends with 1 when a promise was broken. `--types=400` for a larger supergraph; with `--write` the figures are kept.
 */
export async function benchResilience(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: { write: { type: 'boolean', default: false }, types: { type: 'string', default: '200' } },
  });
  const arena = await openArena(Number(options.types));
  try {
    await report([await illnesses(arena), await reloading(arena)], options.write);
  } finally {
    await arena.close();
  }
}

async function report(tables: string[][][], write: boolean): Promise<void> {
  const text = tables.map(textTable).join('\n\n');
  process.stdout.write(`${text}\n`);
  if (!write) return;
  await keepResult('resilience.txt', `${text}\n`);
  await writeIntoReadme('bench resilience', tables.map(markdownTable).join('\n\n'));
}

async function reloading(arena: Arena): Promise<string[][]> {
  // To compose takes longer than a service may: it is done before anyone asks.
  const texts = Array.from({ length: reloads }, (_, round) =>
    round % 5 === 4 ? 'broken {' : arena.composed(`round${round}: Int`),
  );
  const load = startLoad(arena.url);
  await wait(between);
  const [before, quiet] = await watched(arena, load, () => wait(between * reloads));
  const [during, busy] = await watched(arena, load, async () => {
    for (const text of texts) {
      await writeFile(arena.supergraph, text);
      await wait(between);
    }
  });
  await load.stop();
  return [
    ['loop of the gateway, ms', 'late p99', 'most', 'turn most', `over ${longestTurn}`, 'failed', ''],
    loopRow('under load', quiet, before.failed),
    loopRow(`with ${reloads} reloads`, busy, during.failed),
  ];
}

async function watched({ pid }: Arena, load: Load, meanwhile: () => Promise<unknown>): Promise<[Met, LoopReport]> {
  await loopOf(pid);
  const met = load.next();
  await meanwhile();
  load.next();
  return [met, await loopOf(pid)];
}

function loopRow(name: string, { late, busy }: LoopReport, failed: number): string[] {
  const isKept = busy.overTen === 0 && failed === 0;
  if (!isKept) process.exitCode = 1;
  const figures = [late.p99, late.most, busy.most].map((value) => value.toFixed(1));
  return [name, ...figures, String(busy.overTen), String(failed), isKept ? 'ok' : 'FAILED'];
}
