import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type ResilienceTestbed, openResilienceTestbed } from './resilience-testbed.js';
import { measureFailureModes } from './failure-modes.js';
import { type BackgroundLoad, type LoadStats, startBackgroundLoad } from './background-load.js';
import { readEventLoopReport, type EventLoopReport } from './event-loop-report.js';

/** Reloads, one of five of a file that is broken; milliseconds between two of them. */
const reloadCount = 20;
const reloadIntervalMs = 600;

/** Milliseconds of processor time that the loop may spend without a pause: the same however busy the machine is. */
const maxTurnMs = 10;

/**
 * Shows what a service that is ill costs those who ask another one, and how long reloads block the gateway's loop.
 * It ends with 1 when a promise was broken. `--types=400` for a larger supergraph; with `--write` the figures are kept.
 */
export async function benchResilience(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: { write: { type: 'boolean', default: false }, types: { type: 'string', default: '200' } },
  });
  const arena = await openResilienceTestbed(Number(options.types));
  try {
    await report([await measureFailureModes(arena), await measureReloads(arena)], options.write);
  } finally {
    await arena.close();
  }
}

async function report(tables: string[][][], write: boolean): Promise<void> {
  const text = tables.map(textTable).join('\n\n');
  process.stdout.write(`${text}\n`);
  if (!write) return;
  await saveResult('resilience.txt', `${text}\n`);
  await publishTable('bench resilience', tables.map(markdownTable).join('\n\n'));
}

async function measureReloads(arena: ResilienceTestbed): Promise<string[][]> {
  // To compose takes longer than a service may: it is done before anyone asks.
  const texts = Array.from({ length: reloadCount }, (_, round) =>
    round % 5 === 4 ? 'broken {' : arena.composeWith(`round${round}: Int`),
  );
  const load = startBackgroundLoad(arena.url);
  await wait(reloadIntervalMs);
  const [before, quiet] = await measureLoop(arena, load, () => wait(reloadIntervalMs * reloadCount));
  const [during, busy] = await measureLoop(arena, load, async () => {
    for (const text of texts) {
      await writeFile(arena.supergraph, text);
      await wait(reloadIntervalMs);
    }
  });
  await load.stop();
  return [
    ['loop of the gateway, ms', 'late p99', 'most', 'turn most', `over ${maxTurnMs}`, 'failed', ''],
    loopRow('under load', quiet, before.failed),
    loopRow(`with ${reloadCount} reloads`, busy, during.failed),
  ];
}

async function measureLoop(
  { pid }: ResilienceTestbed,
  load: BackgroundLoad,
  meanwhile: () => Promise<unknown>,
): Promise<[LoadStats, EventLoopReport]> {
  await readEventLoopReport(pid);
  const met = load.startPhase();
  await meanwhile();
  load.startPhase();
  return [met, await readEventLoopReport(pid)];
}

function loopRow(name: string, { lateness, busy }: EventLoopReport, failed: number): string[] {
  const isKept = busy.overTen === 0 && failed === 0;
  if (!isKept) process.exitCode = 1;
  const figures = [lateness.p99, lateness.most, busy.most].map((value) => value.toFixed(1));
  return [name, ...figures, String(busy.overTen), String(failed), isKept ? 'ok' : 'FAILED'];
}
