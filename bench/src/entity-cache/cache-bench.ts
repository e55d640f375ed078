import { parseArgs } from 'node:util';
import { missingRedisReason, openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import { LoadDriver } from '../clients/load-driver.js';
import type { Operation } from '../clients/operation.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import { startSystem, type SystemOptions } from '../system/system-under-test.js';

/**
 * Measures a hot page of the catalogue without an entity cache, with one in memory, and with one in Redis: latency, and CPU
 * time of the gateway and of everything behind it.
 *
 *   --seconds=10    per variant
 *   --write         save the figures in bench/results/ and in bench/README.md
 */
export async function benchEntityCache(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: { write: { type: 'boolean', default: false }, seconds: { type: 'string', default: '10' } },
  });
  const head = ['entity cache', 'p50 ms', 'p99 ms', 'pages/s', 'gateway CPU ms/page', 'backend CPU ms/page'];
  const rows = [head, ...(await measureVariants(Number(options.seconds)))];
  process.stdout.write(`${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult('entity-cache.txt', `${textTable(rows)}\n`);
  await publishTable('bench entity-cache', markdownTable(rows));
}

interface Variant {
  name: string;
  options: SystemOptions;
  redis?: RedisServer;
}

const gateway = { ENTITY_CACHE: 'shows,jobs' };

async function measureVariants(seconds: number): Promise<string[][]> {
  const local = [
    await measure({ name: 'none', options: {} }, seconds),
    await measure({ name: 'in memory', options: { gateway } }, seconds),
  ];
  const missing = missingRedisReason();
  if (missing !== undefined) {
    process.stdout.write(`Without Redis: ${missing}\n`);
    return local;
  }
  const redis = await openRedisServer();
  try {
    return [...local, await measure({ name: 'in Redis', options: { gateway, redisUrl: redis.url }, redis }, seconds)];
  } finally {
    await redis.close();
  }
}

const warmUpRequests = 300;
const concurrency = 4;

async function measure({ name, options, redis }: Variant, seconds: number): Promise<string[]> {
  const system = await startSystem(options);
  const driver = new LoadDriver(system.url, []);
  const pids = new Map([
    ...system.pids,
    ...(redis?.pid() === undefined ? [] : [['redis', redis.pid() as number] as const]),
  ]);
  try {
    await driver.warm(catalogue, warmUpRequests, concurrency);
    const before = await processorTimes(pids);
    const { requests, latencies, seconds: elapsed } = await driver.run(catalogue, seconds, concurrency);
    const spent = timeBetween(before, await processorTimes(pids));
    const total = [...spent.values()].reduce((sum, time) => sum + time, 0);
    const own = spent.get('gateway') ?? 0;
    const figures = [quantile(latencies, 0.5), quantile(latencies, 0.99), requests / elapsed, own / requests];
    return [name, ...figures, (total - own) / requests].map((one) =>
      typeof one === 'string' ? one : formatFigure(one),
    );
  } finally {
    await driver.close();
    await system.close();
  }
}

/** The variables take ten values, so that concurrent requests are not simply deduplicated. */
const catalogue: Operation = {
  name: 'Catalogue',
  document: `query Catalogue($first: Int!) {
    shows(first: $first) {
      edges {
        node {
          slug title description genre country language drm episodeCount primaryColour
          image { showImage }
          seasons { slug }
          nextEpisode { channel date url }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
    taxonomy(category: GENRE) { id label }
  }`,
  variables: (turn) => ({ first: 1 + (turn % 10) }),
};
