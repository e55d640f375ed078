import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { missingRedisReason, openRedisServer } from '@marquee/testkit/redis-server';
import { startService } from '@marquee/testkit/test-service';
import { service } from '../../src/service.js';
import { openUsersTestbed } from '../fixtures/users-testbed.js';

const activityChanged = 'subscription { activityChanged { activityId activity { likeCount } } }';

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing) process.stdout.write(`subgraphs/users/test/activities/lost-changes.test.ts: skipped: ${missing}\n`);

withRedis('two replicas with a Redis bus', () => {
  test('activityChanged reports a gap after an outage of the bus', async () => {
    const closers = new Closers();
    try {
      const redis = closers.add(await openRedisServer());
      const here = closers.add(await openUsersTestbed({ REDIS_URL: redis.url, BUS_PREFIX: 'lost:' }));
      const there = closers.add(await startService(service, here.environment));
      const [author, fan] = [await here.person(), await here.person()];
      const id = await here.post(author, 'Liked.');
      const listening = await there.subscribe(activityChanged, { positions: true });
      await listening.started;
      // Longer than the bus takes to subscribe.
      await wait(1_200);
      await here.like(fan, id);
      while ((await listening.next()).data === null) continue;
      await redis.kill();
      await here.like(fan, id, false);
      await redis.start();
      let result = await listening.next();
      while (result.data !== null) result = await listening.next();
      expect(result.extensions).toEqual({ position: { gap: true } });
      await listening.unsubscribe();
    } finally {
      await closers.close();
    }
  });
});
