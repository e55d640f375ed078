import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type ResilienceTestbed, openResilienceTestbed } from './resilience-testbed.js';
import { measureFailureModes } from './failure-modes.js';
import { type BackgroundLoad, type LoadStats, startBackgroundLoad } from './background-load.js';
import { readEventLoopReport, type EventLoopReport } from './event-loop-report.js';

/** Number of reloads, every fifth of an invalid file, and the milliseconds between them. */
const reloadCount = 20;
const reloadIntervalMs = 600;

/** Limit of the CPU milliseconds of one turn of the event loop, which do not depend on other load on the machine. */
const maxTurnMs = 10;

/**
 * Measures how a failing subgraph affects requests to another one, and how long supergraph reloads block the gateway's
 * event loop. Exits with 1 when a limit is exceeded.
 *
 *   --types=200    object types of the supergraph
 *   --write        save the figures in bench/results/ and in bench/README.md
 */
export async function benchResilience(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: { write: { type: 'boolean', default: false }, types: { type: 'string', default: '200' } },
  });
  const testbed = await openResilienceTestbed(Number(options.types));
  try {
    await report([await measureFailureModes(testbed), await measureReloads(testbed)], options.write);
  } finally {
    await testbed.close();
  }
}

async function report(tables: string[][][], write: boolean): Promise<void> {
  const text = tables.map(textTable).join('\n\n');
  process.stdout.write(`${text}\n`);
  if (!write) return;
  await saveResult('resilience.txt', `${text}\n`);
  await publishTable('bench resilience', tables.map(markdownTable).join('\n\n'));
}

async function measureReloads(testbed: ResilienceTestbed): Promise<string[][]> {
  // Composition is slow, so it happens before the load starts.
  const texts = Array.from({ length: reloadCount }, (_, round) =>
    round % 5 === 4 ? 'broken {' : testbed.composeWith(`round${round}: Int`),
  );
  const load = startBackgroundLoad(testbed.url);
  await wait(reloadIntervalMs);
  const [before, idle] = await measureLoop(testbed, load, () => wait(reloadIntervalMs * reloadCount));
  const [during, busy] = await measureLoop(testbed, load, async () => {
    for (const text of texts) {
      await writeFile(testbed.supergraph, text);
      await wait(reloadIntervalMs);
    }
  });
  await load.stop();
  return [
    ['event loop of the gateway, ms', 'delay p99', 'max', 'turn max', `over ${maxTurnMs}`, 'failed', ''],
    loopRow('under load', idle, before.failed),
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
  const passed = busy.overTen === 0 && failed === 0;
  if (!passed) process.exitCode = 1;
  const figures = [lateness.p99, lateness.max, busy.max].map((value) => value.toFixed(1));
  return [name, ...figures, String(busy.overTen), String(failed), passed ? 'ok' : 'FAILED'];
}
