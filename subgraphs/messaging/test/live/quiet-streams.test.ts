import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { userCaller } from '@marquee/testkit/callers';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import {
  createUsers,
  listenToMessages,
  nextSequences,
  oneTo,
  openMessaging,
  sendMessage,
  startConversation,
} from '../fixtures/messaging-testbed.js';

/** Streams of different conversations. */
const streamCount = 110;

const safetySeconds = 0.5;
const ada = userCaller();
const streams: { id: string; stream: TestSubscription }[] = [];

let here: TestService;
let there: TestService;

/** Two replicas that do not share a bus: one finds the messages of the other only by polling. */
beforeAll(async () => {
  const table = { ...freshTable(), QUOTA_FACTOR: '0' };
  here = await openMessaging({ ...table, TAIL_SECONDS: String(safetySeconds) });
  there = await openMessaging(table);
  const ids = await mapWithConcurrency(oneTo(streamCount), 4, startDirect);
  for (const id of ids) streams.push({ id, stream: await listenToMessages(here, ada, id, 0) });
  await Promise.all(streams.map(({ stream }) => nextSequences(stream, 1)));
});
afterAll(async () => {
  await Promise.all(streams.map(({ stream }) => stream.unsubscribe()));
  await Promise.all([here.close(), there.close()]);
});

test('quiet streams of many conversations are polled with few requests', async () => {
  let [started, requests] = [0, [] as string[]];
  // The first requests may still be those with which the streams began.
  while (requests.length === 0 || requests.some((name) => name !== 'BatchGetItem'))
    [started, requests] = [performance.now(), await requestsWithin(2_000)];
  const polls = (performance.now() - started) / 1000 / safetySeconds;
  expect(requests.length).toBeLessThanOrEqual(2 * (polls + 1));
});

test('a poll finds the messages whose notifications were lost, of all conversations', async () => {
  const some = streams.filter((_, index) => index % 10 === 0);
  await mapWithConcurrency(some, 4, ({ id }) => sendMessage(there, ada, id, 'second'));
  const received = await Promise.all(some.map(({ stream }) => nextSequences(stream, 1)));
  expect(received).toEqual(some.map(() => [2]));
});

test('quiet inboxes of many users are compared with few requests, without reading their conversations', async () => {
  const { service, unsubscribe } = await openInboxes({ TAIL_SECONDS: '0.05' });
  let duration = 1_000;
  let requests = await requestsWithin(duration);
  while (count(requests, 'Query') < 20 || count(requests, 'BatchGetItem') > count(requests, 'Query') / 5)
    [duration, requests] = [duration * 1.5, await requestsWithin(duration)];
  expect(new Set(requests)).toEqual(new Set(['Query', 'BatchGetItem']));
  await unsubscribe();
  await service.close();
});

test('the first poll of an inbox counts its conversations, and does not read it again', async () => {
  // An inbox is polled every ten times as long.
  const { service, unsubscribe } = await openInboxes({ TAIL_SECONDS: '0.5' });
  const requests: string[] = [];
  while (count(requests, 'Query') < inboxCount) requests.push(...(await requestsWithin(200)));
  requests.push(...(await requestsWithin(1_000)));
  expect(count(requests, 'Query')).toBe(inboxCount);
  await unsubscribe();
  await service.close();
});

const inboxCount = 20;

/** A service with the inboxes of users with a conversation each. */
async function openInboxes(variables: Record<string, string>) {
  const users = createUsers(inboxCount);
  const service = await openMessaging({ ...freshTable(), QUOTA_FACTOR: '0', ...variables });
  await mapWithConcurrency(users, 4, (user) => startConversation(service, user, { participantIds: [ada.id] }));
  const updated = 'subscription { conversationUpdated { id } }';
  const inboxes = await Promise.all(users.map((caller) => service.subscribe(updated, { caller, positions: true })));
  await Promise.all(inboxes.map((inbox) => inbox.next()));
  return { service, unsubscribe: () => Promise.all(inboxes.map((inbox) => inbox.unsubscribe())) };
}

/** The names of the requests to stores within a time in milliseconds. */
async function requestsWithin(milliseconds: number): Promise<string[]> {
  const { requests } = await observeStores(() => wait(milliseconds));
  return requests.map(({ statement }) => statement.split(' ')[0] ?? '');
}

function count(requests: readonly unknown[], operation: string): number {
  return requests.filter((request) => request === operation).length;
}

async function startDirect(): Promise<string> {
  return (await startConversation(there, ada, { participantIds: [userCaller().id], firstMessage: 'first' })).id;
}
