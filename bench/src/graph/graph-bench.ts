import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { type TraceCollector, openTraceCollector } from '../measuring/trace-collector.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { compareBuilds } from './compared-builds.js';
import { page } from './page-operation.js';

/**
 * Measures a page of four services over the real stores: CPU time per process, and the number of store requests.
 *
 *   --seconds=10
 *   --before=DIR    compare with another checkout of this repository, which must be built: both run, and are measured in
 *                   turns. With --rounds=10
 *   --write         save the figures in bench/results/ and in bench/README.md
 */
export async function benchGraph(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      write: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '10' },
      before: { type: 'string' },
      rounds: { type: 'string', default: '10' },
    },
  });
  if (options.before !== undefined) return compareBuilds(options.before, Number(options.rounds));
  const { rows, summary } = await measure(Number(options.seconds));
  process.stdout.write(`${textTable(rows)}\n\n${summary}\n`);
  if (!options.write) return;
  await saveResult('graph.txt', `${textTable(rows)}\n\n${summary}\n`);
  await publishTable('bench graph', `${markdownTable(rows)}\n\n${summary}`);
}

interface Report {
  rows: string[][];
  summary: string;
}

/** Requests before the measurement. */
const warmUpRequests = 300;
const concurrency = 4;

async function measure(seconds: number): Promise<Report> {
  const collector = await openTraceCollector();
  const system = await startSystem({ telemetry: collector.url });
  const driver = new LoadDriver(system.url, [await system.token('dev-hiring-001')]);
  try {
    await driver.warm(page, warmUpRequests, concurrency);
    const { statements, bytes } = await countStatements(driver, collector);
    return { ...(await spend(driver, system, seconds, statements, bytes)) };
  } finally {
    await driver.close();
    await system.close();
    await collector.close();
  }
}

/** Sends one page with its own trace id and waits until all services have exported their spans. */
async function countStatements(
  driver: LoadDriver,
  collector: TraceCollector,
): Promise<{ statements: Map<string, number>; bytes: number }> {
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  const { length } = await driver.request(page, 0, { traceparent });
  await wait(7_000);
  const statements = new Map<string, number>();
  for (const { service } of collector.storeRequests(traceId))
    statements.set(service, (statements.get(service) ?? 0) + 1);
  return { statements, bytes: length };
}

async function spend(
  driver: LoadDriver,
  system: SystemUnderTest,
  seconds: number,
  statements: ReadonlyMap<string, number>,
  bytes: number,
): Promise<Report> {
  const before = await processorTimes(system.pids);
  const drive = await driver.run(page, seconds, concurrency);
  const spent = timeBetween(before, await processorTimes(system.pids));
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...spent]
    .filter(([name]) => name !== 'issuer')
    .sort(([, one], [, other]) => other - one)
    .map(([name, time]) => [
      name,
      formatFigure(time / drive.requests),
      `${((100 * time) / total).toFixed(0)} %`,
      String(statements.get(name) ?? '-'),
    ]);
  const times = [0.5, 0.99].map((share) => formatFigure(quantile(drive.latencies, share)));
  const rate = formatFigure(drive.requests / drive.seconds);
  return {
    rows: [['process', 'CPU ms/page', 'share', 'store requests'], ...rows],
    summary: `A page of ${formatFigure(bytes / 1000)} kB; ${concurrency} at a time: ${rate} per second, p50 ${times[0]} ms, p99 ${times[1]} ms.`,
  };
}
