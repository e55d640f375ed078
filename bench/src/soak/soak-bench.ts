import { parseArgs } from 'node:util';
import { atRate } from '@marquee/testkit/rate';
import { LoadDriver } from '../clients/load-driver.js';
import { page } from '../graph/page-operation.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { textTable } from '../measuring/tables.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { measureGrowth } from './memory-growth.js';
import { samplesPerMinute, startMemorySampler } from './memory-sampler.js';

/**
 * Whether a process of the graph grows: the page of `bench graph` over the real stores at half of its top speed, and
 * the memory that every process has for itself. It ends with 1 when one grows, or when a page fails.
 *
 *   --minutes=10
 */
export async function benchSoak(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string', default: '10' } } });
  const system = await startSystem();
  const driver = new LoadDriver(system.url, [await system.token('dev-hiring-001')]);
  try {
    await driver.warm(page, 500, concurrency);
    const { requests, seconds } = await driver.run(page, 20, concurrency);
    const pace = requests / seconds / 2;
    process.stdout.write(`${formatFigure(pace)} pages a second, half of what it can.\n`);
    await soak(driver, system, { pace, minutes: Number(values.minutes) });
  } finally {
    await driver.close();
    await system.close();
  }
}

const concurrency = 4;

interface SoakOptions {
  /** Pages by second. */
  pace: number;
  minutes: number;
}

async function soak(driver: LoadDriver, { pids }: SystemUnderTest, { pace, minutes }: SoakOptions): Promise<void> {
  const watching = await startMemorySampler(pids);
  const rows = [['minute', ...pids.keys()]];
  let [failed, seen] = [0, 0];
  for (let minute = 1; minute <= minutes; minute += 1) {
    failed += await sendPagesForMinute(driver, pace);
    rows.push([
      String(minute),
      ...[...watching.samples.values()].map((held) => formatFigure(Math.min(...held.slice(seen)))),
    ]);
    seen = watching.samples.values().next().value?.length ?? 0;
    process.stdout.write(`${rows.at(-1)?.join(' ')}\n`);
  }
  await watching.end();
  process.stdout.write(`\nMB at the least in each minute\n${textTable(rows)}\n\n`);
  process.stdout.write(`${textTable(judged(watching.samples))}\n\n${failed} pages failed.\n`);
  if (failed > 0) process.exitCode = 1;
}

function judged(samples: ReadonlyMap<string, readonly number[]>): string[][] {
  const rows = [...samples].map(([name, held]) => {
    const { before, after, isBounded } = measureGrowth(held, samplesPerMinute);
    if (!isBounded) process.exitCode = 1;
    return [name, formatFigure(before), formatFigure(after), isBounded ? 'ok' : 'FAILED'];
  });
  return [['MB at the least in a minute, the middle one', 'second third', 'last third', ''], ...rows];
}

/** A minute of pages at a steady pace. @returns how many failed */
async function sendPagesForMinute(driver: LoadDriver, pace: number): Promise<number> {
  let failed = 0;
  await atRate(
    pace,
    (begun) => begun >= pace * 60,
    (_, turn) => driver.request(page, turn).catch(() => (failed += 1)),
  );
  return failed;
}
