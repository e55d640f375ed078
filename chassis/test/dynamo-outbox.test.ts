import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { changeLogOutbox } from '@marquee/chassis/dynamodb/change-log-outbox';
import { dynamoChangeLog } from '@marquee/chassis/dynamodb/dynamo-change-log';
import { dynamoOutbox, outboxWrite } from '@marquee/chassis/dynamodb/dynamo-outbox';
import { type Dynamo, dynamoSettings, openDynamo } from '@marquee/chassis/dynamodb/open-table';
import type { OutboxItem } from '@marquee/chassis/dynamodb/outbox-items';
import { createEvent } from '@marquee/chassis/events/domain-event';
import type { Outbox, OutboxEntry } from '@marquee/chassis/events/outbox';
import { freshTable } from '@marquee/testkit/test-stores';
import { z } from 'zod';

const counted = {
  source: 'counters',
  type: 'Counted',
  version: 1,
  description: 'A counter has new values.',
  data: z.object({ value: z.number() }),
};

let dynamo: Dynamo;
beforeAll(async () => {
  const settings = readSettings(dynamoSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...freshTable() });
  dynamo = await openDynamo(settings, {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  });
});
afterAll(() => dynamo.close());

/** An outbox of its own, and how a transaction writes events to it. */
interface Tested {
  open(): Outbox;
  emit(subject: string, values: readonly number[]): Promise<void>;
}

/** One partition for all tests: the first test starts with it, and each leaves it without unsent events. */
function partitioned(): Tested {
  const keys = { partitionKey: 'pk', sortKey: 'sk', expiryAttribute: 'expiresAt' };
  let count = 0;
  const decode = ({ subject, content }: OutboxItem) =>
    (content['events'] as { id: string; time: string; value: number }[]).map(({ value, ...event }) => ({
      ...createEvent(counted, { subject, data: { value } }),
      ...event,
    }));
  return {
    open: () => dynamoOutbox(dynamo, { ...keys, decode }),
    async emit(subject, values) {
      const time = new Date().toISOString();
      const events = values.map((value) => ({ id: randomUUID(), time, value }));
      const order = `${time}#${String((count += 1)).padStart(5, '0')}`;
      await dynamo.documents.transactWrite({
        TransactItems: [outboxWrite(dynamo.table, keys, { subject, order, content: { events } })],
      });
    },
  };
}

function logged(): Tested {
  const options = {
    key: (stream: string, sequence: number | 'last') => ({ pk: stream, sk: String(sequence) }),
    expiryAttribute: 'expiresAt',
  };
  return {
    open: () => changeLogOutbox(dynamo, 'counters', options),
    async emit(subject, values) {
      const changes = values.map((value) => ({ subject, event: createEvent(counted, { subject, data: { value } }) }));
      await dynamoChangeLog(dynamo, options).write('counters', changes, []);
    },
  };
}

describe.each([
  ['of items in partitions', partitioned()],
  ['in a change log', logged()],
])('an outbox %s', (_, { open, emit }) => {
  test('sends again what not all consumers have confirmed', async () => {
    const outbox = open();
    await emit('e', [1, 2]);
    await emit('f', [1]);
    const sent = await read(outbox);
    await outbox.markSent(positionsOf(sent));
    const [first = '', ...others] = positionsOf(sent);
    await outbox.confirm({ consumer: 'one', positions: [first, ...others, 'nothing'] });
    expect(await outbox.resendUnconfirmed(['one'])).toBe(0);
    await outbox.confirm({
      consumer: 'other',
      positions: positionsOf(sent.filter(({ event }) => event.subject === 'e')),
    });
    expect(await outbox.resendUnconfirmed(['one', 'other'])).toBe(1);
    const again = await read(outbox);
    expect(valuesOf(again)).toEqual({ f: [1] });
    await outbox.markSent(positionsOf(again));
    await outbox.confirm({ consumer: 'other', positions: positionsOf(again) });
    expect(await outbox.resendUnconfirmed(['one', 'other'])).toBe(0);
    expect(await outbox.resend(new Date(Date.parse(sent[0]?.event.time ?? '') - 1))).toBe(3);
    const replayed = await read(outbox);
    await outbox.markSent(positionsOf(replayed));
    // A replay is not confirmed by earlier deliveries.
    expect(await outbox.resendUnconfirmed(['one'])).toBe(3);
    await outbox.markSent(positionsOf(await read(outbox)));
    await outbox.release();
  });

  test('returns the events of each subject in their order until they are sent, and those of others meanwhile', async () => {
    const outbox = open();
    await emit('a', [1, 2]);
    await emit('b', [1]);
    await emit('a', [3]);
    const first = await read(outbox);
    expect(valuesOf(first)).toEqual({ a: [1, 2, 3], b: [1] });
    // The topic has accepted those of one subject.
    await outbox.markSent(positionsOf(first.filter(({ event }) => event.subject === 'b')));
    await emit('b', [2]);
    const second = await read(outbox);
    expect(valuesOf(second)).toEqual({ a: [1, 2, 3], b: [2] });
    expect(await outbox.backlog()).toMatchObject({ unsent: 4 });
    await outbox.markSent(positionsOf(second));
    expect(await read(outbox)).toEqual([]);
    expect(await outbox.backlog()).toEqual({ unsent: 0, oldestSeconds: 0 });
    await outbox.release();
  });

  test('keeps sent events, with their ids, to send them again', async () => {
    const outbox = open();
    await emit('c', [1]);
    // Times have milliseconds.
    await wait(2);
    const since = new Date();
    await emit('c', [2, 3]);
    const sent = await read(outbox);
    await outbox.markSent(positionsOf(sent));
    expect((await outbox.recent(2)).map(({ event, isSent }) => [event.data, isSent])).toEqual([
      [{ value: 2 }, true],
      [{ value: 3 }, true],
    ]);
    await outbox.release();
    expect(await open().resend(since)).toBe(2);
    const again = await read(outbox);
    expect(again.map(({ event }) => event.id)).toEqual(sent.slice(1).map(({ event }) => event.id));
    await outbox.markSent(positionsOf(again));
    await outbox.release();
  });

  test('leaves out subjects, and returns the events behind theirs', async () => {
    const outbox = open();
    for (let value = 1; value <= 12; value += 1) await emit('g', [value]);
    await emit('h', [1]);
    for (const _ of [1, 2]) expect(valuesOf((await outbox.read(5, new Set(['g']))) ?? [])).toEqual({ h: [1] });
    await outbox.markSent(positionsOf((await outbox.read(5, new Set(['g']))) ?? []));
    await emit('h', [2]);
    expect(await outbox.backlog()).toMatchObject({ unsent: 13 });
    await outbox.release();
    // A replica that starts then publishes nothing again.
    const other = open();
    const [later] = [await other.read(5, new Set(['g']))];
    expect(valuesOf(later ?? [])).toEqual({ h: [2] });
    await other.markSent(positionsOf(later ?? []));
    expect((await other.recent(2)).map(({ isSent }) => isSent)).toEqual([true, true]);
    await other.release();
    const rest = await read(outbox);
    expect(valuesOf(rest)).toEqual({ g: Array.from({ length: 12 }, (_, index) => index + 1) });
    await outbox.markSent(positionsOf(rest));
    await outbox.release();
  });

  test('is read by one replica, and by another one after its end', async () => {
    const [one, other] = [open(), open()];
    await emit('d', [1]);
    expect(valuesOf(await read(one))).toEqual({ d: [1] });
    expect(await other.read(10)).toBeNull();
    await one.release();
    // The first replica has sent nothing.
    const entries = await read(other);
    expect(valuesOf(entries)).toEqual({ d: [1] });
    expect(await one.read(10)).toBeNull();
    await other.markSent(positionsOf(entries));
    await other.release();
  });
});

async function read(outbox: Outbox): Promise<OutboxEntry[]> {
  return (await outbox.read(100)) ?? [];
}

function positionsOf(entries: readonly OutboxEntry[]): string[] {
  return entries.map(({ position }) => position);
}

function valuesOf(entries: readonly OutboxEntry[]): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  for (const { event } of entries) (values[event.subject] ??= []).push((event.data as { value: number }).value);
  return values;
}
