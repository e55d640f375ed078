import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Driver } from '../clients/drive.js';
import { page } from '../graph/page.js';
import { rounded } from '../measuring/bars.js';
import { textTable } from '../measuring/tables.js';
import { residentMemory } from '../measuring/usage.js';
import { startSystem, type System } from '../system/start.js';

/**
 * Whether a process of the graph grows: the page of `bench graph` over the real stores at half of its top speed, and
 * the resident memory of every process at each minute.
 *
 *   --minutes=10
 */
export async function benchSoak(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string', default: '10' } } });
  const system = await startSystem();
  const driver = new Driver(system.url, [await system.token('dev-hiring-001')]);
  try {
    await driver.warm(page, 500, concurrency);
    const { requests, seconds } = await driver.drive(page, 20, concurrency);
    const pace = requests / seconds / 2;
    process.stdout.write(`${rounded(pace)} pages a second, half of what it can.\n`);
    await soak(driver, system, { pace, minutes: Number(values.minutes) });
  } finally {
    await driver.close();
    await system.close();
  }
}

const concurrency = 4;

interface Soaking {
  /** Pages by second. */
  pace: number;
  minutes: number;
}

async function soak(driver: Driver, system: System, { pace, minutes }: Soaking): Promise<void> {
  const names = [...system.pids.keys()];
  const rows = [
    ['minute', ...names],
    ['0', ...(await memories(system, names))],
  ];
  let failed = 0;
  for (let minute = 1; minute <= minutes; minute += 1) {
    failed += await paced(driver, pace);
    rows.push([String(minute), ...(await memories(system, names))]);
    process.stdout.write(`minute ${minute}: ${rows.at(-1)?.slice(1).join(' ')}\n`);
  }
  process.stdout.write(`\nMB of resident memory\n${textTable(rows)}\n${failed} requests failed.\n`);
}

async function memories({ pids }: System, names: readonly string[]): Promise<string[]> {
  return Promise.all(names.map(async (name) => rounded(await residentMemory(pids.get(name) ?? 0).catch(() => NaN))));
}

/** A minute of pages at a steady pace. @returns how many failed */
async function paced(driver: Driver, pace: number): Promise<number> {
  const asked: Promise<unknown>[] = [];
  const started = performance.now();
  for (let turn = 0; turn < pace * 60; turn += 1) {
    const early = started + (turn / pace) * 1000 - performance.now();
    if (early > 1) await wait(early);
    asked.push(driver.ask(page, turn));
  }
  return (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected').length;
}
