import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRedis, type RedisConnection } from '@marquee/chassis/bus/redis-connection';
import { openCacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import { tagVersionKey } from '@marquee/chassis/caching/tag-versions';
import { missingRedisReason, openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import { pino } from 'pino';
import {
  type CachedGraph,
  openCachedGraph,
  requestedIds,
  settled,
  type StoredShows,
  untilCached,
} from './fixtures/cached-shows.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openTcpProxy } from '@marquee/testkit/tcp-proxy';
import type { Subgraph } from './fixtures/test-subgraph.js';

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing) process.stdout.write(`gateway/test/cache-invalidation.test.ts was skipped: ${missing}\n`);

const stored: StoredShows = new Map();
let graph: CachedGraph;
let shows: Subgraph;

beforeAll(async () => {
  graph = await openCachedGraph(stored);
  ({ shows } = graph);
});
afterAll(() => graph.close());
beforeEach(() => graph.reset());

/** Milliseconds after an invalidation in which results with the tag are not kept, and a little more. */
const settlingMs = 1_100;

const titles = '{ picks { show { title } } }';

withRedis('two gateways with one Redis', () => {
  let redis: RedisServer;
  let gateways: [Gateway, Gateway];
  const log = pino({ level: 'silent' });

  beforeEach(async () => {
    redis = await openRedisServer();
    gateways = [await open(redis), await open(redis)];
  });

  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await redis.close();
  });

  test('share their results', async () => {
    await gateways[0].query(titles);
    await settled(redis);
    await gateways[1].query(titles);
    expect(requestedIds(shows)).toHaveLength(1);
  });

  test('never answer with results that were invalidated before the request', async () => {
    const invalidator = await openInvalidator();
    for (const version of [1, 2, 3]) {
      await Promise.all(gateways.map(titleAt));
      await settled(redis);
      shows.received = [];
      await Promise.all(gateways.map(titleAt));
      expect(shows.received).toEqual([]);
      stored.set('1', { title: `Version ${version}` });
      await invalidator.invalidate(['show-1']);
      expect(await Promise.all(gateways.map(titleAt))).toEqual(Array(2).fill(`Version ${version}`));
      await wait(settlingMs);
    }
    await invalidator.close();
  });

  test('are at most one second behind under constant reads and writes', async () => {
    const invalidator = await openInvalidator();
    const written: number[] = [];
    const ages: number[] = [];
    let isWriting = true;
    const read = async (gateway: Gateway): Promise<void> => {
      while (isWriting) {
        const asked = performance.now();
        const version = Number(/\d+$/.exec(await titleAt(gateway))?.[0]);
        // How long before the request the title had been replaced and invalidated.
        ages.push(asked - (written[version + 1] ?? asked));
      }
    };
    const write = async (): Promise<void> => {
      for (let version = 0; version < 3; version += 1) {
        stored.set('1', { title: `Version ${version}` });
        await invalidator.invalidate(['show-1']);
        written[version] = performance.now();
        // Longer than results are not kept after an invalidation, so that reads between writes come from the cache.
        await wait(settlingMs + 250);
      }
      while (shows.received.length >= ages.length) await wait(50);
      isWriting = false;
    };
    stored.set('1', { title: 'Version 0' });
    await Promise.all([write(), ...gateways.map(read)]);
    await invalidator.close();
    expect(shows.received.length).toBeLessThan(ages.length);
    expect(Math.max(...ages)).toBeLessThanOrEqual(0);
  });

  test('invalidate only the results with the tag', async () => {
    await gateways[0].query(titles);
    await settled(redis);
    const invalidator = await openInvalidator();
    await invalidator.invalidate(['show-2', 'newest-2']);
    await gateways[1].query(titles);
    expect(requestedIds(shows)).toEqual([['1', '2', '3'], ['2']]);
    await invalidator.close();
  });

  test('do not keep results that were fetched before an invalidation and arrived after it', async () => {
    const invalidator = await openInvalidator();
    let respond = (): void => undefined;
    shows.nextBehaviors = [{ after: new Promise<void>((resolve) => (respond = resolve)) }];
    const { requestCount } = shows;
    const early = gateways[0].query('{ newest { title } }');
    while (shows.requestCount === requestCount) await wait(5);
    await invalidator.invalidate(['newest-2']);
    respond();
    await early;
    await settled(redis);
    stored.set('1', { title: 'Newer' });
    expect((await gateways[1].query('{ newest { title } }')).data.newest[0]).toEqual({ title: 'Newer' });
    await invalidator.close();
  });

  test('do not keep results within a second after an invalidation, for stores that are eventually consistent', async () => {
    const invalidator = await openInvalidator();
    await gateways[0].query(titles);
    await settled(redis);
    for (let took = Infinity; took > 900;) {
      shows.received = [];
      const startedAt = performance.now();
      await invalidator.invalidate(['show-1']);
      await gateways[0].query(titles);
      await settled(redis);
      await gateways[0].query(titles);
      took = performance.now() - startedAt;
    }
    expect(requestedIds(shows)).toEqual([['1'], ['1']]);
    await wait(1_000);
    await gateways[0].query(titles);
    await settled(redis);
    await gateways[0].query(titles);
    expect(requestedIds(shows)).toEqual([['1'], ['1'], ['1']]);
    await invalidator.close();
  });

  test('answer without the cache while Redis is down, and invalidations are repeated once it is back', async () => {
    const invalidator = await openInvalidator();
    await gateways[0].query(titles);
    await redis.kill();
    stored.set('1', { title: 'Changed' });
    await invalidator.invalidate(['show-1']);
    const { data, errors } = await gateways[0].query(titles);
    expect([data.picks[0].show.title, errors]).toEqual(['Changed', []]);
    await redis.start();
    const admin = await openAdmin();
    const key = tagVersionKey('marquee:', 'show-1');
    while ((await admin.redis.exists(key)) === 0) await wait(50);
    await admin.close();
    await invalidator.close();
  });

  test('answer without the cache while Redis is silent', async () => {
    const proxy = await openTcpProxy(redis.url.replace('redis:', 'http:'));
    const url = proxy.url.replace('http:', 'redis:').replace(/\/$/, '');
    const gateway = await open(redis, { REDIS_URL: url, ENTITY_CACHE_TIMEOUT_SECONDS: '2' });
    await gateway.query(titles);
    await settled(redis);
    await gateway.query(titles);
    expect(requestedIds(shows)).toHaveLength(1);
    proxy.freeze({ forGood: true });
    for (const _ of [1, 2, 3]) expect((await gateway.query(titles)).errors).toEqual([]);
    expect(requestedIds(shows)).toHaveLength(4);
    await gateway.close();
    proxy.close();
  });

  test('keep no personal data in the keys of Redis', async () => {
    await gateways[0].query('{ mine picks { show { viewer } } }', { 'x-dev-user-id': 'anna' });
    await settled(redis);
    const admin = await openAdmin();
    const keys = await admin.redis.keys('*');
    await admin.close();
    expect(keys.filter((key) => key.startsWith('marquee:cache:'))).toHaveLength(4);
    expect(keys.filter((key) => /anna|FREELANCER|show-/.test(key))).toEqual([]);
  });

  const titleAt = async (gateway: Gateway) => (await gateway.query(titles)).data.picks[0].show.title as string;

  async function openAdmin(): Promise<RedisConnection> {
    const admin = connectRedis(redis.url, { name: 'admin', log });
    await once(admin.redis, 'ready');
    return admin;
  }

  async function openInvalidator() {
    const invalidator = await openCacheInvalidator({ REDIS_URL: redis.url, BUS_PREFIX: 'marquee:' }, log);
    // A command fails unless it is connected.
    const isConnected = async (): Promise<boolean> => {
      await invalidator.invalidate(['connected']);
      return (await redis.command(`EXISTS "${tagVersionKey('marquee:', 'connected')}"`)).includes('1');
    };
    while (!(await isConnected())) await wait(10);
    return invalidator;
  }
});

async function open(redis: RedisServer, variables: Record<string, string> = {}): Promise<Gateway> {
  const gateway = await openGateway([...graph.subgraphs], {
    ENTITY_CACHE: 'shows',
    ENTITY_CACHE_TIMEOUT_SECONDS: '5',
    DEV_IDENTITY: 'true',
    REDIS_URL: redis.url,
    ...variables,
  });
  await untilCached(gateway, shows, redis);
  return gateway;
}
