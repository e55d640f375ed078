import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRedis, type RedisConnection } from '@marquee/chassis/bus/redis-connection';
import { tagVersionKey } from '@marquee/chassis/caching/tag-versions';
import { openLog } from '@marquee/chassis/telemetry/log';
import { openRedisServer, type RedisServer, missingRedisReason } from '@marquee/testkit/redis-server';
import type { TestService } from '@marquee/testkit/test-service';
import { importItems, item, openShows, writer } from '../fixtures/shows-testbed.js';

const missing = missingRedisReason();
if (missing) process.stdout.write(`subgraphs/shows/test/shows/show-cache.test.ts was skipped: ${missing}\n`);

(missing ? describe.skip : describe)('a change of a show', () => {
  let redis: RedisServer;
  let admin: RedisConnection;
  let shows: TestService;

  beforeAll(async () => {
    redis = await openRedisServer();
    shows = await openShows({ REDIS_URL: redis.url });
    admin = connectRedis(redis.url, { name: 'admin', log: openLog('test', '0', 'silent') });
    await once(admin.redis, 'ready');
    await importItems(shows, [item('lassie'), item('flipper')]);
  });
  afterAll(async () => {
    await admin.close();
    await shows.close();
    await redis.close();
  });
  beforeEach(() => admin.redis.flushall());
  afterEach(() => admin.redis.flushall());

  test.each([
    ['updateShow', 'mutation { updateShow(input: { slug: "show/lassie", title: "L" }) { show { slug } } }', 'lassie'],
    [
      'importShows',
      'mutation { importShows(input: { payload: [{ slug: "show/new", title: "N" }] }) { results { __typename } } }',
      'new',
    ],
    ['deleteShow', 'mutation { deleteShow(input: { slug: "show/flipper" }) { slug } }', 'flipper'],
  ])('invalidates the show and all lists: %s', async (_, mutation, slug) => {
    expect((await shows.request(mutation, { caller: writer })).errors).toEqual([]);
    const keys = ['shows', `show-show/${slug}`].map((tag) => tagVersionKey('marquee:', tag));
    expect((await admin.redis.keys('*')).sort()).toEqual(keys.sort());
  });

  test('that changes nothing invalidates nothing', async () => {
    await importItems(shows, [item('lassie')]);
    await shows.request('mutation { deleteShow(input: { slug: "show/none" }) { slug } }', { caller: writer });
    expect(await admin.redis.keys('*')).toEqual([]);
  });
});
