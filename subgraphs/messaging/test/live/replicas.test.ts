import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import { openRedisServer, type RedisServer, missingRedisReason } from '@marquee/testkit/redis-server';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import {
  addMutation,
  data,
  markReadMutation,
  startGroup,
  startGroups,
  nextSequences,
  listenToMessages,
  openMessaging,
  createUsers,
  sendMessage,
  oneTo,
} from '../fixtures/messaging-testbed.js';

/** The polling interval in seconds. Each test waits for several deliveries, which would take two polls at least. */
const pollSeconds = 60;

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing)
  process.stdout.write(`subgraphs/messaging/test/live/replicas.test.ts: skipped without Redis: ${missing}\n`);

withRedis('two replicas on one table with a Redis bus', () => {
  let redis: RedisServer;
  let here: TestService;
  let there: TestService;
  const listeners: TestSubscription[] = [];

  beforeAll(async () => {
    redis = await openRedisServer();
    const variables = {
      ...freshTable(),
      QUOTA_FACTOR: '0',
      REDIS_URL: redis.url,
      CONVERSATION_POLL_SECONDS: String(pollSeconds),
    };
    [here, there] = [await openMessaging(variables), await openMessaging(variables)];
  });
  afterAll(async () => {
    for (const listening of listeners) await listening.unsubscribe();
    await Promise.all([here.close(), there.close()]);
    await redis.close();
  });

  async function listening(caller: UserCaller, id: string): Promise<TestSubscription> {
    const stream = await listenToMessages(there, caller, id, 0);
    listeners.push(stream);
    return stream;
  }

  test('delivers a message from one replica to a subscriber of the other without waiting for a poll', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(here, [ada!, ben!]);
    const stream = await listening(ben!, id);
    const started = performance.now();
    for (const at of oneTo(20)) {
      await sendMessage(here, ada!, id, `${at}`);
      expect(await nextSequences(stream, 1)).toEqual([at]);
    }
    expect(performance.now() - started).toBeLessThan(pollSeconds * 1_000);
  });

  test('delivers messages sent while Redis was down once it is back, each once and without waiting for a poll', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(here, [ada!, ben!]);
    const stream = await listening(ben!, id);
    await sendMessage(here, ada!, id, '1');
    expect(await nextSequences(stream, 1)).toEqual([1]);
    await redis.kill();
    const started = performance.now();
    for (const at of oneTo(5)) await sendMessage(here, ada!, id, `missed ${at}`);
    await redis.start();
    expect(await nextSequences(stream, 5)).toEqual([2, 3, 4, 5, 6]);
    await sendMessage(here, ada!, id, 'live');
    expect(await nextSequences(stream, 1)).toEqual([7]);
    expect(performance.now() - started).toBeLessThan(pollSeconds * 1_000);
  });

  test('delivers messages of the other replica by polling while Redis is down, and no longer polls once it is back', async () => {
    const variables = { ...freshTable(), REDIS_URL: redis.url, TAIL_SECONDS: '3600' };
    const [sender, receiver] = [
      await openMessaging(variables),
      await openMessaging({ ...variables, CONVERSATION_POLL_SECONDS: '0.5' }),
    ];
    const [ada, ben] = createUsers(2);
    const id = await startGroup(sender, [ada!, ben!]);
    const stream = await listenToMessages(receiver, ben!, id, 0);
    await sendMessage(sender, ada!, id, '1');
    expect(await nextSequences(stream, 1)).toEqual([1]);
    await redis.kill();
    for (const at of [2, 3]) {
      await sendMessage(sender, ada!, id, `${at}`);
      expect(await nextSequences(stream, 1)).toEqual([at]);
    }
    await redis.start();
    let polls = Infinity;
    while (polls > 0) polls = (await observeStores(() => wait(2_000))).requests.length;
    await stream.unsubscribe();
    await Promise.all([sender.close(), receiver.close()]);
    expect(polls).toBe(0);
  });

  test('delivers read marks and membership changes of more than 50 conversations made while Redis was down', async () => {
    const [ada, ben, cleo] = createUsers(3);
    const ids = await startGroups(here, [ada!, ben!], 54);
    const query = 'subscription { conversationUpdated { id participants { id } readReceipts { sequence } } }';
    const stream = await there.subscribe(query, { caller: ben!, positions: true });
    listeners.push(stream);
    expect((await stream.next()).data).toBeNull();
    await redis.kill();
    const [marked, joined] = [ids.slice(0, 27), ids.slice(27)];
    await mapWithConcurrency(marked, 4, (id) => data(here, ada!, markReadMutation, { id, sequence: 1 }));
    await mapWithConcurrency(joined, 4, (id) => data(here, ada!, addMutation, { id, userIds: [cleo!.id] }));
    await redis.start();
    const missing = new Set(ids);
    while (missing.size > 0) {
      const { conversationUpdated } = (await stream.next()).data as { conversationUpdated: ChangedConversation };
      const { id, participants, readReceipts } = conversationUpdated;
      if (participants.length === 3 || readReceipts.length === 1) missing.delete(id);
    }
    expect(missing.size).toBe(0);
  });
});

interface ChangedConversation {
  id: string;
  participants: unknown[];
  readReceipts: unknown[];
}
