import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Bus, type BusMessage, processBus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { Listening } from '@marquee/testkit/live';
import { startService, type TestService } from '@marquee/testkit/service';
import { freshTable, observeStores } from '@marquee/testkit/stores';
import { messaging as messagingWith } from '../../src/service.js';
import {
  data,
  group,
  heard,
  leaving,
  listenTo,
  marking,
  openMessaging,
  people,
  sent,
  started,
  upTo,
} from '../fixtures/messaging-testbed.js';

const open: { close(): Promise<void> }[] = [];
const listeners: Listening[] = [];
afterEach(async () => {
  for (const listening of listeners.splice(0)) await listening.leave();
  for (const service of open.splice(0)) await service.close();
});

async function opened(variables: Record<string, string> = {}, bus: () => Bus = processBus): Promise<TestService> {
  const service = await startService(messagingWith(bus), {
    ...freshTable(),
    TAIL_SECONDS: '60',
    DRAIN_SECONDS: '0.1',
    ...variables,
  });
  open.push(service);
  return service;
}

/** Two replicas on one table whose hints do not cross: the timer alone tells one what the other did. */
async function replicas(): Promise<[TestService, TestService]> {
  const table = { ...freshTable(), TAIL_SECONDS: '0.1' };
  return [await opened(table), await opened(table)];
}

async function listening(service: TestService, caller: UserCaller, id: string, after?: number): Promise<Listening> {
  const stream = await listenTo(service, caller, id, after);
  listeners.push(stream);
  return stream;
}

async function other(service: TestService, caller: UserCaller, query: string, id?: string): Promise<Listening> {
  const stream = await service.listen(query, { caller, variables: { id } });
  listeners.push(stream);
  return stream;
}

/** A subscription is not acknowledged; after some queries on other sockets it has had its turn. */
async function settled(service: TestService, caller: UserCaller): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await data(service, caller, '{ unreadTotal }');
}

describe('messageAdded', () => {
  test('delivers what is stored behind the cursor, then what is sent, in order', async () => {
    const service = await opened();
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    for (const body of ['1', '2', '3']) await sent(service, ada!, id, body);
    const all = await listening(service, ben!, id, 0);
    const rest = await listening(service, ben!, id, 2);
    expect(await heard(all, 3)).toEqual([1, 2, 3]);
    expect(await heard(rest, 1)).toEqual([3]);
    await Promise.all(upTo(30).map((at) => sent(service, at % 2 ? ada! : ben!, id, 'live')));
    expect(await heard(all, 30)).toEqual(upTo(33).slice(3));
    expect(await heard(rest, 30)).toEqual(upTo(33).slice(3));
  });

  test('without a cursor begins now', async () => {
    const service = await opened();
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    await sent(service, ada!, id, 'old');
    const stream = await listening(service, ben!, id);
    await settled(service, ben!);
    await sent(service, ada!, id, 'new');
    expect(await stream.next()).toEqual({ data: { messageAdded: { sequence: 2, body: 'new' } } });
  });

  test('catches up over many pages while more is sent', async () => {
    const service = await opened();
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    await Promise.all(upTo(130).map(() => sent(service, ada!, id, 'stored')));
    const stream = await listening(service, ben!, id, 0);
    await Promise.all(upTo(20).map(() => sent(service, ben!, id, 'live')));
    expect(await heard(stream, 150)).toEqual(upTo(150));
  });

  test('loses and doubles nothing when hints are lost and doubled', async () => {
    const service = await opened({ TAIL_SECONDS: '0.1' }, unreliableBus);
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    const streams = await Promise.all(upTo(5).map(() => listening(service, ben!, id, 0)));
    for (const at of upTo(40)) await sent(service, ada!, id, `${at}`);
    for (const stream of streams) expect(await heard(stream, 40)).toEqual(upTo(40));
  });

  test('delivers from replica to replica without any hint', async () => {
    const [here, there] = await replicas();
    const members = people(10);
    const id = await group(here, members);
    const streams = await Promise.all(members.map((member, at) => listening(at % 2 ? here : there, member, id, 0)));
    await Promise.all(upTo(60).map((at) => sent(at % 2 ? here : there, members[at % 10]!, id, `${at}`)));
    for (const stream of streams) expect(await heard(stream, 60)).toEqual(upTo(60));
  });

  test.each([
    ['by a hint', false],
    ['by another replica, without a hint', true],
  ])('ends for who leaves, told %s, and goes on for the others', async (_, elsewhere) => {
    const [here, there] = await replicas();
    const [ada, ben, cleo] = people(3);
    const id = await group(here, [ada!, ben!, cleo!]);
    const [gone, stays] = [await listening(here, ben!, id, 0), await listening(here, cleo!, id, 0)];
    await sent(here, ada!, id, 'for all');
    expect([await heard(gone, 1), await heard(stays, 1)]).toEqual([[1], [1]]);
    const acting = elsewhere ? there : here;
    await data(acting, ben!, leaving, { id });
    await sent(acting, ada!, id, 'not for ben');
    await expect(gone.next()).rejects.toThrow('The stream has ended.');
    expect(await heard(stays, 1)).toEqual([2]);
    const again = await listening(here, ben!, id, 0);
    await expect(again.next()).rejects.toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  test('reads the store once for all who follow a conversation, and no longer when the last has left', async () => {
    const service = await opened({ TAIL_SECONDS: '0.1' });
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    const streams = await Promise.all(upTo(20).map(() => listening(service, ben!, id, 0)));
    await sent(service, ada!, id, 'first');
    await Promise.all(streams.map((stream) => heard(stream, 1)));
    const { requests } = await observeStores(() => wait(1_000));
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.length).toBeLessThan(15);
    await Promise.all(streams.map((stream) => stream.leave()));
    await settled(service, ada!);
    expect((await observeStores(() => wait(500))).requests).toEqual([]);
  });

  test('from a place below 0 is refused', async () => {
    const service = await opened();
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    const stream = await listening(service, ada!, id, -1);
    await expect(heard(stream, 1)).rejects.toThrow('must not be below 0');
  });
});

describe('conversationUpdated', () => {
  const updated = 'subscription { conversationUpdated { id unreadCount lastMessage { body } } }';

  test('tells each participant of new conversations, messages and marks', async () => {
    const service = await opened();
    const [ada, ben, cleo] = people(3);
    const stream = await other(service, ben!, updated);
    await settled(service, ben!);
    await started(service, ada!, { participantIds: [cleo!.id], firstMessage: 'Not for ben' });
    const { id } = await started(service, ada!, { participantIds: [ben!.id], firstMessage: 'Hi' });
    const seen = async () => (await stream.next()).data?.['conversationUpdated'];
    expect(await seen()).toEqual({ id, unreadCount: 1, lastMessage: { body: 'Hi' } });
    await sent(service, ada!, id, 'Again');
    expect(await seen()).toEqual({ id, unreadCount: 2, lastMessage: { body: 'Again' } });
    await data(service, ben!, marking, { id, sequence: 2 });
    expect(await seen()).toEqual({ id, unreadCount: 0, lastMessage: { body: 'Again' } });
  });

  test('tells what another replica did, without a hint, once', async () => {
    const [here, there] = await replicas();
    const [ada, ben] = people(2);
    const stream = await other(here, ben!, updated);
    await settled(here, ben!);
    const ids: string[] = [];
    for (const body of ['One', 'Two']) {
      const { id } = await started(there, ada!, { participantIds: [ben!.id], title: body, firstMessage: body });
      ids.push(id);
      expect((await stream.next()).data?.['conversationUpdated']).toMatchObject({ id, lastMessage: { body } });
    }
    await wait(400);
    await sent(there, ada!, ids[0]!, 'Three');
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

  test('tells who else types, and that they stopped', async () => {
    const service = await openMessaging();
    open.push(service);
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    const stream = await other(service, ben!, typing, id);
    await settled(service, ben!);
    await data(service, ben!, type, { id, typing: true });
    await data(service, ada!, type, { id, typing: true });
    await data(service, ada!, type, { id, typing: false });
    const event = { conversationId: id, user: { id: ada!.id } };
    expect([await stream.next(), await stream.next()]).toEqual([
      { data: { typing: { ...event, typing: true } } },
      { data: { typing: { ...event, typing: false } } },
    ]);
  });

  test('ends for who leaves', async () => {
    const service = await opened();
    const [ada, ben] = people(2);
    const id = await group(service, [ada!, ben!]);
    const stream = await other(service, ben!, typing, id);
    await settled(service, ben!);
    await data(service, ben!, leaving, { id });
    await expect(stream.next()).rejects.toThrow('The stream has ended.');
  });
});

/** Drops every third message and tells every second one twice. */
function unreliableBus(): Bus {
  const bus = processBus();
  let told = 0;
  return {
    ...bus,
    publish(topic: string, message: BusMessage) {
      told += 1;
      if (told % 3 === 0) return;
      bus.publish(topic, message);
      if (told % 2 === 0) bus.publish(topic, message);
    },
  };
}
