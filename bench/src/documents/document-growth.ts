import { setTimeout as wait } from 'node:timers/promises';
import type { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { resetPeakMemory, peakMemory, residentMemory } from '../measuring/process-usage.js';
import { smallNewOperation } from './document-operations.js';

/** Milliseconds between memory samples. The minimum of the samples excludes uncollected garbage. */
const interval = 100;

/** Caches are bounded, so memory may grow by at most this share between the third and the last fifth. */
const share = 0.1;

/** Measures by how much many distinct documents raise the memory of a gateway. */
export async function measureDocumentGrowth(driver: LoadDriver, pid: number, count: number): Promise<string[][]> {
  const rows = [['', 'MB min', 'max', '']];
  const held: number[] = [];
  for (let part = 0; part < 5; part += 1) {
    await resetPeakMemory(pid);
    const min = await minDuring(pid, () => sendDocuments(driver, part * (count / 5), count / 5));
    held.push(min);
    const name = `${(part + 1) * (count / 5)} distinct documents`;
    rows.push([name, formatFigure(min), formatFigure(await peakMemory(pid)), '']);
    // The whole run takes about 15 minutes, so progress is printed.
    process.stderr.write(`${name}: ${formatFigure(min)} MB min\n`);
  }
  return [...rows, verdictRow(held)];
}

async function minDuring(pid: number, work: () => Promise<void>): Promise<number> {
  let min = Infinity;
  let isDone = false;
  const sampling = async (): Promise<void> => {
    while (!isDone) {
      min = Math.min(min, await residentMemory(pid));
      await wait(interval);
    }
  };
  await Promise.all([sampling(), work().finally(() => (isDone = true))]);
  return min;
}

function verdictRow(held: readonly number[]): string[] {
  const [before = NaN, last = NaN] = [held[2], held.at(-1)];
  const isBounded = last - before <= before * share;
  if (!isBounded) process.exitCode = 1;
  return [
    'increase from the third to the last fifth',
    formatFigure(Math.max(0, last - before)),
    '',
    isBounded ? 'ok' : 'FAILED',
  ];
}

async function sendDocuments(driver: LoadDriver, first: number, count: number): Promise<void> {
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < count) await driver.request(smallNewOperation(first + sent++), sent);
  };
  await Promise.all(Array.from({ length: 16 }, client));
}
