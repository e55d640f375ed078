import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { Listening } from '@marquee/testkit/live';
import { openRedisServer, type RedisServer, redisServerMissing } from '@marquee/testkit/redis';
import type { TestService } from '@marquee/testkit/service';
import { freshTable } from '@marquee/testkit/stores';
import { group, heard, listenTo, openMessaging, people, sent, upTo } from '../fixtures/messaging-testbed.js';

/** The timer of the tails, in seconds; a test that waited for it would be over its own time. */
const slow = 60;

const missing = redisServerMissing();
const withRedis = missing ? describe.skip : describe;
if (missing)
  process.stdout.write(`subgraphs/messaging/test/live/replicas.test.ts: did not run over Redis: ${missing}\n`);

withRedis('two replicas on one table, with a bus over Redis', () => {
  let redis: RedisServer;
  let here: TestService;
  let there: TestService;
  const listeners: Listening[] = [];

  beforeAll(async () => {
    redis = await openRedisServer();
    const variables = { ...freshTable(), REDIS_URL: redis.url, TAIL_SECONDS: String(slow) };
    [here, there] = [await openMessaging(variables), await openMessaging(variables)];
  });
  afterAll(async () => {
    for (const listening of listeners) await listening.leave();
    await Promise.all([here.close(), there.close()]);
    await redis.close();
  });

  async function listening(caller: UserCaller, id: string): Promise<Listening> {
    const stream = await listenTo(there, caller, id, 0);
    listeners.push(stream);
    return stream;
  }

  test('a message sent at one arrives at a subscriber of the other well before the timer', async () => {
    const [ada, ben] = people(2);
    const id = await group(here, [ada!, ben!]);
    const stream = await listening(ben!, id);
    const started = performance.now();
    for (const at of upTo(20)) {
      await sent(here, ada!, id, `${at}`);
      expect(await heard(stream, 1)).toEqual([at]);
    }
    expect(performance.now() - started).toBeLessThan((slow / 4) * 1_000);
  });

  test('what is sent while Redis is down arrives once it is back, before the timer, each once', async () => {
    const [ada, ben] = people(2);
    const id = await group(here, [ada!, ben!]);
    const stream = await listening(ben!, id);
    await sent(here, ada!, id, '1');
    expect(await heard(stream, 1)).toEqual([1]);
    await redis.kill();
    const started = performance.now();
    for (const at of upTo(5)) await sent(here, ada!, id, `unheard ${at}`);
    await redis.start();
    expect(await heard(stream, 5)).toEqual([2, 3, 4, 5, 6]);
    await sent(here, ada!, id, 'heard');
    expect(await heard(stream, 1)).toEqual([7]);
    expect(performance.now() - started).toBeLessThan((slow / 4) * 1_000);
  });
});
