import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Bus, type BusMessage, createProcessBus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import { messaging as messagingWith } from '../../src/service.js';
import {
  data,
  startGroup,
  nextSequences,
  leaveMutation,
  listenToMessages,
  markReadMutation,
  openMessaging,
  createUsers,
  sendMessage,
  startConversation,
  oneTo,
} from '../fixtures/messaging-testbed.js';

const open: { close(): Promise<void> }[] = [];
const listeners: TestSubscription[] = [];
afterEach(async () => {
  for (const listening of listeners.splice(0)) await listening.unsubscribe();
  for (const service of open.splice(0)) await service.close();
});

async function opened(variables: Record<string, string> = {}, bus: () => Bus = createProcessBus): Promise<TestService> {
  const service = await startService(messagingWith(bus), {
    ...freshTable(),
    CONVERSATION_POLL_SECONDS: '60',
    DRAIN_SECONDS: '0.1',
    ...variables,
  });
  open.push(service);
  return service;
}

/** Two replicas on one table without a shared bus: they see each other's changes only by polling. */
async function replicas(): Promise<[TestService, TestService]> {
  const table = { ...freshTable(), CONVERSATION_POLL_SECONDS: '0.1', TAIL_SECONDS: '0.1' };
  return [await opened(table), await opened(table)];
}

async function listening(
  service: TestService,
  caller: UserCaller,
  id: string,
  after?: number,
): Promise<TestSubscription> {
  const stream = await listenToMessages(service, caller, id, after);
  listeners.push(stream);
  return stream;
}

async function listenWith(
  service: TestService,
  caller: UserCaller,
  query: string,
  id?: string,
): Promise<TestSubscription> {
  const stream = await service.subscribe(query, { caller, variables: { id } });
  listeners.push(stream);
  return stream;
}

/** Subscriptions are not acknowledged: waits for queries on other connections, after which the stream has started. */
async function untilStarted(service: TestService, caller: UserCaller): Promise<void> {
  for (let query = 0; query < 20; query += 1) await data(service, caller, '{ unreadTotal }');
}

describe('messageAdded', () => {
  test('delivers stored messages after the cursor, then live ones, in order', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    for (const body of ['1', '2', '3']) await sendMessage(service, ada!, id, body);
    const all = await listening(service, ben!, id, 0);
    const rest = await listening(service, ben!, id, 2);
    expect(await nextSequences(all, 3)).toEqual([1, 2, 3]);
    expect(await nextSequences(rest, 1)).toEqual([3]);
    await Promise.all(oneTo(30).map((at) => sendMessage(service, at % 2 ? ada! : ben!, id, 'live')));
    expect(await nextSequences(all, 30)).toEqual(oneTo(33).slice(3));
    expect(await nextSequences(rest, 30)).toEqual(oneTo(33).slice(3));
  });

  test('rejects a cursor beyond the last message with BAD_USER_INPUT and the last sequence', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    await sendMessage(service, ada!, id, 'one');
    const stream = await listening(service, ben!, id, 2);
    await expect(stream.next()).rejects.toMatchObject([
      {
        message: 'after: must be at most 1, the last event',
        extensions: { code: 'BAD_USER_INPUT', cursor: 1, fields: [{ path: 'after' }] },
      },
    ]);
  });

  test('starts with the next message when no cursor is given', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    await sendMessage(service, ada!, id, 'old');
    const stream = await listening(service, ben!, id);
    await untilStarted(service, ben!);
    await sendMessage(service, ada!, id, 'new');
    expect(await stream.next()).toEqual({ data: { messageAdded: { sequence: 2, body: 'new' } } });
  });

  test('catches up over several batches while new messages are sent', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    await Promise.all(oneTo(130).map(() => sendMessage(service, ada!, id, 'stored')));
    const stream = await listening(service, ben!, id, 0);
    await Promise.all(oneTo(20).map(() => sendMessage(service, ben!, id, 'live')));
    expect(await nextSequences(stream, 150)).toEqual(oneTo(150));
  });

  test('delivers each message once when notifications are lost and duplicated', async () => {
    const service = await opened({ CONVERSATION_POLL_SECONDS: '0.1', TAIL_SECONDS: '0.1' }, unreliableBus);
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const streams = await Promise.all(oneTo(5).map(() => listening(service, ben!, id, 0)));
    for (const at of oneTo(40)) await sendMessage(service, ada!, id, `${at}`);
    for (const stream of streams) expect(await nextSequences(stream, 40)).toEqual(oneTo(40));
  });

  test('delivers messages of another replica without any notification', async () => {
    const [here, there] = await replicas();
    const members = createUsers(10);
    const id = await startGroup(here, members);
    const streams = await Promise.all(members.map((member, at) => listening(at % 2 ? here : there, member, id, 0)));
    await Promise.all(oneTo(60).map((at) => sendMessage(at % 2 ? here : there, members[at % 10]!, id, `${at}`)));
    for (const stream of streams) expect(await nextSequences(stream, 60)).toEqual(oneTo(60));
  });

  test.each([
    ['by notification', false],
    ['by polling, after leaving at another replica', true],
  ])('ends for a participant who leaves (%s) and continues for the others', async (_, elsewhere) => {
    const [here, there] = await replicas();
    const [ada, ben, cleo] = createUsers(3);
    const id = await startGroup(here, [ada!, ben!, cleo!]);
    const [leaver, other] = [await listening(here, ben!, id, 0), await listening(here, cleo!, id, 0)];
    await sendMessage(here, ada!, id, 'for all');
    expect([await nextSequences(leaver, 1), await nextSequences(other, 1)]).toEqual([[1], [1]]);
    const acting = elsewhere ? there : here;
    await data(acting, ben!, leaveMutation, { id });
    await sendMessage(acting, ada!, id, 'not for ben');
    await expect(leaver.next()).rejects.toThrow('The stream has ended.');
    expect(await nextSequences(other, 1)).toEqual([2]);
    const again = await listening(here, ben!, id, 0);
    await expect(again.next()).rejects.toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  test('polls the store once for all subscribers of a conversation, and stops when the last one leaves', async () => {
    const service = await opened({ CONVERSATION_POLL_SECONDS: '0.1', TAIL_SECONDS: '0.1' });
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const streams = await Promise.all(oneTo(20).map(() => listening(service, ben!, id, 0)));
    await sendMessage(service, ada!, id, 'first');
    await Promise.all(streams.map((stream) => nextSequences(stream, 1)));
    const { requests } = await observeStores(() => wait(1_000));
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.length).toBeLessThan(15);
    await Promise.all(streams.map((stream) => stream.unsubscribe()));
    await untilStarted(service, ada!);
    expect((await observeStores(() => wait(500))).requests).toEqual([]);
  });

  test('rejects a negative cursor', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listening(service, ada!, id, -1);
    await expect(stream.next()).rejects.toMatchObject([{ message: 'after: must not be negative, it was -1' }]);
  });
});

describe('conversationUpdated', () => {
  const updated = 'subscription { conversationUpdated { id unreadCount lastMessage { body } } }';

  test('delivers new conversations, messages and read marks to each participant', async () => {
    const service = await opened();
    const [ada, ben, cleo] = createUsers(3);
    const stream = await listenWith(service, ben!, updated);
    await untilStarted(service, ben!);
    await startConversation(service, ada!, { participantIds: [cleo!.id], firstMessage: 'Not for ben' });
    const { id } = await startConversation(service, ada!, { participantIds: [ben!.id], firstMessage: 'Hi' });
    const seen = async () => (await stream.next()).data?.['conversationUpdated'];
    expect(await seen()).toEqual({ id, unreadCount: 1, lastMessage: { body: 'Hi' } });
    await sendMessage(service, ada!, id, 'Again');
    expect(await seen()).toEqual({ id, unreadCount: 2, lastMessage: { body: 'Again' } });
    await data(service, ben!, markReadMutation, { id, sequence: 2 });
    expect(await seen()).toEqual({ id, unreadCount: 0, lastMessage: { body: 'Again' } });
  });

  test('delivers changes of another replica once, without any notification', async () => {
    const [here, there] = await replicas();
    const [ada, ben] = createUsers(2);
    const stream = await listenWith(here, ben!, updated);
    await untilStarted(here, ben!);
    const ids: string[] = [];
    for (const body of ['One', 'Two']) {
      const { id } = await startConversation(there, ada!, {
        participantIds: [ben!.id],
        title: body,
        firstMessage: body,
      });
      ids.push(id);
      expect((await stream.next()).data?.['conversationUpdated']).toMatchObject({ id, lastMessage: { body } });
    }
    await wait(400);
    await sendMessage(there, ada!, ids[0]!, 'Three');
    expect((await stream.next()).data?.['conversationUpdated']).toMatchObject({
      id: ids[0],
      lastMessage: { body: 'Three' },
    });
  });
});

describe('typing', () => {
  const typing = 'subscription ($id: ID!) { typing(conversationId: $id) { conversationId user { id } typing } }';
  const type =
    'mutation ($id: ID!, $typing: Boolean!) { setTyping(input: { conversationId: $id, typing: $typing }) { typing } }';

  test('delivers when other participants start and stop typing', async () => {
    const service = await openMessaging();
    open.push(service);
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    await data(service, ben!, type, { id, typing: true });
    await data(service, ada!, type, { id, typing: true });
    await data(service, ada!, type, { id, typing: false });
    const event = { conversationId: id, user: { id: ada!.id } };
    expect([await stream.next(), await stream.next()]).toEqual([
      { data: { typing: { ...event, typing: true } } },
      { data: { typing: { ...event, typing: false } } },
    ]);
  });

  test('ends after five seconds without renewal, and at once when the message is sent', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    const next = async () => ((await stream.next()).data?.['typing'] as { typing: boolean }).typing;
    await data(service, ada!, type, { id, typing: true });
    expect(await next()).toBe(true);
    const started = performance.now();
    expect(await next()).toBe(false);
    expect(performance.now() - started).toBeGreaterThan(4_500);
    await data(service, ada!, type, { id, typing: true });
    await sendMessage(service, ada!, id, 'one');
    await sendMessage(service, ada!, id, 'two');
    await data(service, ada!, type, { id, typing: true });
    expect([await next(), await next(), await next()]).toEqual([true, false, true]);
  }, 20_000);

  test.each([
    ['typing events', (service: TestService, user: UserCaller, id: string) => listenWith(service, user, typing, id)],
    ['messages', (service: TestService, user: UserCaller, id: string) => listening(service, user, id, 0)],
  ])('ends at once when the last stream of %s of the typing user ends', async (_, follow) => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    await sendMessage(service, ben!, id, 'one');
    const stream = await listenWith(service, ben!, typing, id);
    const [first, second] = [await follow(service, ada!, id), await follow(service, ada!, id)];
    await untilStarted(service, ben!);
    await data(service, ada!, type, { id, typing: true });
    expect((await stream.next()).data).toMatchObject({ typing: { typing: true } });
    await first.unsubscribe();
    await untilStarted(service, ben!);
    const started = performance.now();
    await second.unsubscribe();
    expect((await stream.next()).data).toMatchObject({ typing: { typing: false } });
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  test('ends at once when the message is sent by startConversation', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const { id } = await startConversation(service, ada!, { participantIds: [ben!.id] });
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    await data(service, ada!, type, { id, typing: true });
    await startConversation(service, ada!, { participantIds: [ben!.id], firstMessage: 'one' });
    await data(service, ada!, type, { id, typing: true });
    const next = async () => ((await stream.next()).data?.['typing'] as { typing: boolean }).typing;
    expect([await next(), await next(), await next()]).toEqual([true, false, true]);
  });

  test('ends for a participant who leaves', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    await data(service, ben!, leaveMutation, { id });
    await expect(stream.next()).rejects.toThrow('The stream has ended.');
  });
});

/** Drops every third message and delivers every second one twice. */
function unreliableBus(): Bus {
  const bus = createProcessBus();
  let published = 0;
  return {
    ...bus,
    publish(topic: string, message: BusMessage) {
      published += 1;
      if (published % 3 === 0) return;
      bus.publish(topic, message);
      if (published % 2 === 0) bus.publish(topic, message);
    },
  };
}
