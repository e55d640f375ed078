import { parseArgs } from 'node:util';
import { runAtRate } from '@marquee/testkit/rate';
import { LoadDriver } from '../clients/load-driver.js';
import { page } from '../graph/page-operation.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { textTable } from '../measuring/tables.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { measureGrowth } from './memory-growth.js';
import { samplesPerMinute, startMemorySampler } from './memory-sampler.js';

/**
 * Checks whether the memory of a process grows, with the page of `bench graph` over the real stores at half of the
 * maximum rate. Exits with 1 when a process grows or a page fails.
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
    const rate = requests / seconds / 2;
    process.stdout.write(`${formatFigure(rate)} pages per second, half of the maximum rate.\n`);
    await soak(driver, system, { rate, minutes: Number(values.minutes) });
  } finally {
    await driver.close();
    await system.close();
  }
}

const concurrency = 4;

interface SoakOptions {
  /** Pages per second. */
  rate: number;
  minutes: number;
}

async function soak(driver: LoadDriver, { pids }: SystemUnderTest, { rate, minutes }: SoakOptions): Promise<void> {
  const sampler = await startMemorySampler(pids);
  const rows = [['minute', ...pids.keys()]];
  let [failed, seen] = [0, 0];
  for (let minute = 1; minute <= minutes; minute += 1) {
    failed += await sendPagesForMinute(driver, rate);
    rows.push([
      String(minute),
      ...[...sampler.samples.values()].map((held) => formatFigure(Math.min(...held.slice(seen)))),
    ]);
    seen = sampler.samples.values().next().value?.length ?? 0;
    process.stdout.write(`${rows.at(-1)?.join(' ')}\n`);
  }
  await sampler.stop();
  process.stdout.write(`\nMB min per minute\n${textTable(rows)}\n\n`);
  process.stdout.write(`${textTable(verdictRows(sampler.samples))}\n\n${failed} pages failed.\n`);
  if (failed > 0) process.exitCode = 1;
}

function verdictRows(samples: ReadonlyMap<string, readonly number[]>): string[][] {
  const rows = [...samples].map(([name, held]) => {
    const { before, after, isBounded } = measureGrowth(held, samplesPerMinute);
    if (!isBounded) process.exitCode = 1;
    return [name, formatFigure(before), formatFigure(after), isBounded ? 'ok' : 'FAILED'];
  });
  return [['median of the minimum MB per minute', 'second third', 'last third', ''], ...rows];
}

/** Sends pages at a constant rate for a minute. @returns the number of failures */
async function sendPagesForMinute(driver: LoadDriver, rate: number): Promise<number> {
  let failed = 0;
  await runAtRate(
    rate,
    (begun) => begun >= rate * 60,
    (_, turn) => driver.request(page, turn).catch(() => (failed += 1)),
  );
  return failed;
}
