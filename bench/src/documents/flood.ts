import { setTimeout as wait } from 'node:timers/promises';
import type { Driver } from '../clients/drive.js';
import { rounded } from '../measuring/bars.js';
import { forgetPeak, peakMemory, residentMemory } from '../measuring/usage.js';
import { small } from './questions.js';

/** Milliseconds that garbage has to go. */
const rest = 10_000;

/** What is remembered is bounded, so the last two fifths of a flood leave no more than garbage that lies about. */
const share = 0.1;

/** What a flood of different documents leaves in the memory of a gateway. */
export async function measureFlood(driver: Driver, pid: number, count: number): Promise<string[][]> {
  const rows = [['', 'resident MB', 'peak MB', '']];
  const held: number[] = [];
  const look = async (name: string): Promise<void> => {
    const resident = await residentMemory(pid);
    held.push(resident);
    rows.push([name, rounded(resident), rounded(await peakMemory(pid)), '']);
    await forgetPeak(pid);
  };
  await look('before');
  for (let part = 0; part < 5; part += 1) {
    await flood(driver, part * (count / 5), count / 5);
    await look(`${(part + 1) * (count / 5)} different documents`);
  }
  await wait(rest);
  await look('at rest');
  return [...rows, judged(held)];
}

function judged(held: readonly number[]): string[] {
  const [before = NaN, last = NaN] = [held[3], held.at(-1)];
  const isKept = last - before <= before * share;
  if (!isKept) process.exitCode = 1;
  return ['more at rest than after three fifths', rounded(Math.max(0, last - before)), '', isKept ? 'ok' : 'FAILED'];
}

async function flood(driver: Driver, first: number, count: number): Promise<void> {
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < count) await driver.ask(small(first + sent++), sent);
  };
  await Promise.all(Array.from({ length: 16 }, client));
}
