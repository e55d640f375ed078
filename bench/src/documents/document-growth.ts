import { setTimeout as wait } from 'node:timers/promises';
import type { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { resetPeakMemory, peakMemory, residentMemory } from '../measuring/process-usage.js';
import { smallNewOperation } from './document-operations.js';

/** Milliseconds between two looks at the memory: what lies above the least of them is garbage. */
const interval = 100;

/** What is remembered is bounded, so the last two fifths of a flood add nothing to what is held. */
const share = 0.1;

/** What a flood of different documents leaves in the memory of a gateway. */
export async function measureDocumentGrowth(driver: LoadDriver, pid: number, count: number): Promise<string[][]> {
  const rows = [['', 'MB at the least', 'at most', '']];
  const held: number[] = [];
  for (let part = 0; part < 5; part += 1) {
    await resetPeakMemory(pid);
    const least = await leastDuring(pid, () => flood(driver, part * (count / 5), count / 5));
    held.push(least);
    const name = `${(part + 1) * (count / 5)} different documents`;
    rows.push([name, formatFigure(least), formatFigure(await peakMemory(pid)), '']);
    // It takes a quarter of an hour.
    process.stderr.write(`${name}: ${formatFigure(least)} MB at the least\n`);
  }
  return [...rows, judged(held)];
}

async function leastDuring(pid: number, work: () => Promise<void>): Promise<number> {
  let least = Infinity;
  let isDone = false;
  const looking = async (): Promise<void> => {
    while (!isDone) {
      least = Math.min(least, await residentMemory(pid));
      await wait(interval);
    }
  };
  await Promise.all([looking(), work().finally(() => (isDone = true))]);
  return least;
}

function judged(held: readonly number[]): string[] {
  const [before = NaN, last = NaN] = [held[2], held.at(-1)];
  const isKept = last - before <= before * share;
  if (!isKept) process.exitCode = 1;
  return [
    'more in the last fifth than in the third',
    formatFigure(Math.max(0, last - before)),
    '',
    isKept ? 'ok' : 'FAILED',
  ];
}

async function flood(driver: LoadDriver, first: number, count: number): Promise<void> {
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < count) await driver.request(smallNewOperation(first + sent++), sent);
  };
  await Promise.all(Array.from({ length: 16 }, client));
}
