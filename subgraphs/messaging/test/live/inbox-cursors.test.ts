import { afterEach, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { messaging } from '../../src/service.js';
import {
  addMutation,
  createUsers,
  data,
  leaveMutation,
  markReadMutation,
  oneTo,
  sendMessage,
  startGroup,
  startGroups,
} from '../fixtures/messaging-testbed.js';

const open: { close(): Promise<void> }[] = [];
const listeners: TestSubscription[] = [];
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.unsubscribe();
  for (const service of open.splice(0)) await service.close();
});

const subscription = `subscription ($after: Int) {
  conversationUpdated(after: $after) { id changeCursor hasLeft participants { id } lastMessage { body } readReceipts { user { id } sequence } }
}`;

interface Event {
  id: string;
  changeCursor: number;
  participants: { id: string }[];
  lastMessage: { body: string } | null;
  readReceipts: { user: { id: string }; sequence: number }[];
}

/** Starts a replica on a table, with a bus of its own. @param pollSeconds between two polls of an inbox */
async function replica(table: Record<string, string>, pollSeconds = 600): Promise<TestService> {
  const variables = {
    ...table,
    QUOTA_FACTOR: '0',
    TAIL_SECONDS: String(pollSeconds / 10),
    DRAIN_SECONDS: '0.1',
  };
  const service = await startService(messaging(createProcessBus), variables);
  open.push(service);
  return service;
}

async function listen(service: TestService, caller: UserCaller, after?: number): Promise<TestSubscription> {
  const stream = await service.subscribe(subscription, { caller, variables: { after }, positions: true });
  listeners.push(stream);
  return stream;
}

/** Subscribes to new changes, and returns the position at which the stream starts. */
async function listenFromNow(service: TestService, caller: UserCaller): Promise<[TestSubscription, number]> {
  const stream = await listen(service, caller);
  const { data: event, extensions } = await stream.next();
  expect(event).toBeNull();
  const { cursor, gap } = extensions?.['position'] as { cursor: number; gap: boolean };
  expect(gap).toBe(false);
  return [stream, cursor];
}

async function take(stream: TestSubscription, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count)
    events.push(((await stream.next()).data as { conversationUpdated: Event }).conversationUpdated);
  return events;
}

/** Reads until the latest event of each conversation satisfies the condition. */
async function takeUntil(stream: TestSubscription, isDone: (latest: Map<string, Event>) => boolean): Promise<Event[]> {
  const events: Event[] = [];
  const latest = new Map<string, Event>();
  while (!isDone(latest)) {
    const [event] = await take(stream, 1);
    events.push(event!);
    latest.set(event!.id, event!);
  }
  return events;
}

test('resumes after a restart with every message, read mark and membership change of more than 50 conversations', async () => {
  const table = freshTable();
  const [ada, ben, cleo] = createUsers(3);
  const before = await replica(table);
  const ids = await startGroups(before, [ada!, ben!], 54);
  const [stream, start] = await listenFromNow(before, ben!);
  expect(start).toBe(54);
  await sendMessage(before, ada!, ids[0]!, 'live');
  const [live] = await take(stream, 1);
  expect(live).toMatchObject({ id: ids[0], changeCursor: 55, lastMessage: { body: 'live' } });
  await stream.unsubscribe();

  await mapWithConcurrency(ids.slice(0, 18), 4, (id) => sendMessage(before, ada!, id, 'missed'));
  await mapWithConcurrency(ids.slice(18, 36), 4, (id) => data(before, ada!, markReadMutation, { id, sequence: 1 }));
  await mapWithConcurrency(ids.slice(36), 4, (id) => data(before, ada!, addMutation, { id, userIds: [cleo!.id] }));
  await before.close();
  const after = await replica(table);
  const events = await take(await listen(after, ben!, live!.changeCursor), 54);
  expect(events.map(({ changeCursor }) => changeCursor)).toEqual(oneTo(54).map((at) => 55 + at));
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const id of ids.slice(0, 18)) expect(byId.get(id)?.lastMessage?.body).toBe('missed');
  for (const id of ids.slice(18, 36)) expect(byId.get(id)?.readReceipts).toMatchObject([{ user: { id: ada!.id } }]);
  for (const id of ids.slice(36)) expect(byId.get(id)?.participants).toHaveLength(3);
});

test('delivers read marks and membership changes of another replica without any notification', async () => {
  const table = freshTable();
  const [here, there] = [await replica(table, 0.2), await replica(table)];
  const [ada, ben, cleo] = createUsers(3);
  const id = await startGroup(there, [ada!, ben!]);
  await sendMessage(there, ada!, id, 'one');
  const [stream] = await listenFromNow(here, ben!);
  await data(there, ada!, markReadMutation, { id, sequence: 1 });
  expect(await take(stream, 1)).toMatchObject([{ readReceipts: [{ user: { id: ada!.id }, sequence: 1 }] }]);
  await data(there, ada!, addMutation, { id, userIds: [cleo!.id] });
  expect((await take(stream, 1))[0]?.participants).toHaveLength(3);
});

test('replicas that serve the same user assign each position once and miss nothing, under concurrent changes', async () => {
  const table = freshTable();
  const replicas = [await replica(table, 0.2), await replica(table, 0.2), await replica(table, 0.2)];
  const [ada, ben] = createUsers(2);
  const ids = await Promise.all(oneTo(8).map(() => startGroup(replicas[0]!, [ada!, ben!])));
  const streams = await Promise.all(replicas.map((service) => listenFromNow(service, ben!)));
  const sends = ids.map(async (id, at) => {
    for (const sequence of oneTo(5)) await sendMessage(replicas[(at + sequence) % 3]!, ada!, id, String(sequence));
  });
  const isDone = (latest: Map<string, Event>) => ids.every((id) => latest.get(id)?.lastMessage?.body === '5');
  const received = await Promise.all(streams.map(([stream]) => takeUntil(stream, isDone)));
  await Promise.all(sends);
  const idByPosition = new Map<number, string>();
  for (const events of received) {
    const positions = events.map(({ changeCursor }) => changeCursor);
    expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
    for (const { changeCursor, id } of events) {
      expect(idByPosition.get(changeCursor) ?? id).toBe(id);
      idByPosition.set(changeCursor, id);
    }
  }
});

test.each([
  ['at once', 600],
  ['by a poll, after leaving at another replica', 0.2],
])(
  'delivers to all devices of a caller that they left a conversation (%s), and nothing of it from then on',
  async (_, seconds) => {
    const table = freshTable();
    const [here, there] = [await replica(table, seconds), await replica(table, seconds)];
    const [ada, ben] = createUsers(2);
    const [left, kept] = [await startGroup(here, [ada!, ben!]), await startGroup(here, [ada!, ben!])];
    const [[first, start], [second]] = [await listenFromNow(here, ben!), await listenFromNow(here, ben!)];
    const acting = seconds < 1 ? there : here;
    await data(acting, ben!, leaveMutation, { id: left });
    const event = { id: left, changeCursor: 3, hasLeft: true, participants: [], lastMessage: null, readReceipts: [] };
    expect([await take(first, 1), await take(second, 1)]).toEqual([[event], [event]]);
    await sendMessage(acting, ada!, left, 'secret');
    await sendMessage(acting, ada!, kept, 'for ben');
    expect(await take(first, 1)).toMatchObject([{ id: kept, hasLeft: false, lastMessage: { body: 'for ben' } }]);
    const resumed = await listen(here, ben!, start);
    expect(await take(resumed, 2)).toMatchObject([event, { id: kept, lastMessage: { body: 'for ben' } }]);
  },
);

test('delivers a conversation again to a caller who is added again', async () => {
  const service = await replica(freshTable());
  const [ada, ben] = createUsers(2);
  const id = await startGroup(service, [ada!, ben!]);
  const [stream] = await listenFromNow(service, ben!);
  for (const hasLeft of [true, false, true, false]) {
    if (hasLeft) await data(service, ben!, leaveMutation, { id });
    else await data(service, ada!, addMutation, { id, userIds: [ben!.id] });
    expect(await take(stream, 1)).toMatchObject([{ id, hasLeft }]);
  }
});

test('rejects a negative position, and one beyond the last change with the last position', async () => {
  const service = await replica(freshTable());
  const [ada, ben] = createUsers(2);
  await startGroup(service, [ada!, ben!]);
  await expect((await listen(service, ben!, -1)).next()).rejects.toMatchObject([
    { message: 'after: must not be negative, it was -1' },
  ]);
  await expect((await listen(service, ben!, 2)).next()).rejects.toMatchObject([
    { extensions: { code: 'BAD_USER_INPUT', cursor: 1 } },
  ]);
});

test('changeCursor is null in queries', async () => {
  const service = await replica(freshTable());
  const [ada, ben] = createUsers(2);
  const id = await startGroup(service, [ada!, ben!]);
  const query = 'query ($id: ID!) { conversation(id: $id) { changeCursor } }';
  expect(await data(service, ada!, query, { id })).toEqual({ conversation: { changeCursor: null } });
});
