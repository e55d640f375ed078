import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type Bus, type BusMessage, createProcessBus } from '@marquee/chassis/bus/bus';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import { untilStarted, useLiveServices } from '../fixtures/live-services.js';
import {
  data,
  startGroup,
  nextSequences,
  leaveMutation,
  markReadMutation,
  createUsers,
  sendMessage,
  startConversation,
  oneTo,
} from '../fixtures/messaging-testbed.js';

const { opened, listening, listenWith } = useLiveServices();

/** Two replicas on one table without a shared bus: they see each other's changes only by polling. */
async function replicas(): Promise<[TestService, TestService]> {
  const table = { ...freshTable(), CONVERSATION_POLL_SECONDS: '0.1', TAIL_SECONDS: '0.1' };
  return [await opened(table), await opened(table)];
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
    // One request each 100 ms, not one for each of the 20 streams. At first, their first polls may still follow.
    let perInterval = 0;
    while (perInterval === 0 || perInterval > 1.5) {
      const startedAt = performance.now();
      const { requests } = await observeStores(() => wait(1_000));
      perInterval = requests.length / ((performance.now() - startedAt) / 100);
    }
    expect(perInterval).toBeLessThanOrEqual(1.5);
    await Promise.all(streams.map((stream) => stream.unsubscribe()));
    while ((await observeStores(() => wait(500))).requests.length > 0) continue;
  });

  test('rejects a negative cursor', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listening(service, ada!, id, -1);
    await expect(stream.next()).rejects.toMatchObject([{ message: 'after: must not be negative, it was -1' }]);
  });
});

test('unreadTotalChanged delivers the total now, and when messages arrive or are read', async () => {
  const service = await opened();
  const [ada, ben] = createUsers(2);
  const id = await startGroup(service, [ada!, ben!]);
  await sendMessage(service, ada!, id, 'one');
  const stream = await listenWith(service, ben!, 'subscription { unreadTotalChanged }');
  const next = async () => (await stream.next()).data?.['unreadTotalChanged'];
  expect(await next()).toBe(1);
  await sendMessage(service, ada!, id, 'two');
  expect(await next()).toBe(2);
  await data(service, ben!, markReadMutation, { id, sequence: 2 });
  expect(await next()).toBe(0);
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
