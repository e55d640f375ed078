import 'reflect-metadata';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { type ConsumerOptions, startEventConsumer } from '@marquee/chassis/events/event-consumer';
import { startEventRelay } from '@marquee/chassis/events/event-relay';
import type { EventSettings } from '@marquee/chassis/events/event-settings';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { postgresInbox } from '@marquee/chassis/postgres/postgres-inbox';
import { postgresOutbox } from '@marquee/chassis/postgres/postgres-outbox';
import { Closers } from '@marquee/chassis/process/closers';
import { openLog } from '@marquee/chassis/telemetry/log';
import { createRequestScope, runInScope } from '@marquee/chassis/telemetry/request-scope';
import { type EventEmulator, openEventEmulator } from '@marquee/testkit/event-emulator';
import { freshSchema } from '@marquee/testkit/test-stores';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

const migrations = [
  'users/migrations/0016_event_outbox.sql',
  'users/migrations/0033_event_confirmations.sql',
  'jobs/migrations/0009_event_inbox.sql',
];
const log = openLog('test', '0', 'silent');

const counted = {
  source: 'counters',
  type: 'Counted',
  version: 1,
  description: 'A counter has a new value.',
  data: z.object({ value: z.number() }),
};

let closers: Closers;
let database: Postgres;
let emulator: EventEmulator;

beforeEach(async () => {
  closers = new Closers();
  emulator = await openEventEmulator();
  closers.add({ close: () => emulator.close() });
  database = closers.add(await openDatabase());
});
afterEach(() => closers.close());

test('applies the events of each subject once and in their order, while relays and the emulator restart', async () => {
  const first = startRelay();
  closers.add(startRelay());
  closers.add(startConsumer([on(counted, record)]));
  await emitAll(1, 3);
  await until(async () => (await ledger()).length >= 6);
  await emitAll(4, 6);
  await restartEmulator();
  await emitAll(7, 9);
  await first.close();
  await restartEmulator();
  await emitAll(10, 12);
  await until(async () => (await ledger()).length >= 60);
  await restartEmulator();
  await emit('last', 1);
  await until(async () => (await ledger()).some(({ subject }) => subject === 'last'));
  for (const subject of subjects) expect(await valuesOf(subject)).toEqual(numbers(1, 12));
});

test('after a restart of the emulator only those events are sent again that a consumer has not confirmed', async () => {
  const received: string[] = [];
  const startRecording = (name: string) =>
    startConsumer([on(counted, async ({ subject }) => void received.push(`${name} ${subject}`))], {
      settings: settings(name),
      inbox: { applyOnce: (_, apply) => apply(database.source.manager).then(() => true) },
    });
  closers.add(startRelay());
  closers.add(startRecording('reader'));
  const other = startRecording('other');
  await emitAll(1, 3);
  await until(async () => (await unconfirmed()) === 0);
  expect(received).toHaveLength(30);
  await other.close();
  await emit('late', 1);
  await until(async () => received.includes('reader late'));
  await restartEmulator();
  received.length = 0;
  closers.add(startRecording('other'));
  await emit('last', 1);
  await until(async () => (await unconfirmed()) === 0);
  expect(received.sort()).toEqual(['other last', 'other late', 'reader last', 'reader late']);
});

test('an event that takes long, and one that fails, hold up only their subjects', async () => {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const mixed = on(counted, async (event, manager: EntityManager) => {
    if (event.subject === 'slow') await finished;
    if (event.subject === 'failing') throw new Error('never');
    await record(event, manager);
  });
  for (const subject of ['slow', 'failing']) for (const value of [1, 2]) await emit(subject, value);
  closers.add(startRelay());
  closers.add(startConsumer([mixed]));
  await emitAll(1, 3);
  await until(async () => (await ledger()).length === 15);
  for (const subject of subjects) expect(await valuesOf(subject)).toEqual(numbers(1, 3));
  finish();
  await until(async () => (await ledger()).length === 17);
  expect(await valuesOf('slow')).toEqual([1, 2]);
  expect(await valuesOf('failing')).toEqual([]);
});

test('a transaction that is rolled back emits nothing, and one that is committed continues its trace', async () => {
  const seen: (string | undefined)[] = [];
  closers.add(startRelay());
  closers.add(startConsumer([on(counted, async ({ traceparent }) => void seen.push(traceparent))]));
  const failing = database.source.transaction(async (manager) => {
    await emit('a', 1, manager);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await runInScope(createRequestScope(undefined, { traceparent }), () =>
    database.source.transaction((manager) => emit('a', 2, manager)),
  );
  await until(async () => seen.length > 0);
  expect(seen).toEqual([traceparent]);
});

test('an event that fails is delivered again, before the later ones of its subject and after those of others', async () => {
  let failures = 2;
  const flaky = on(counted, async (event, manager: EntityManager) => {
    await record(event, manager);
    if (event.subject === 'a' && failures-- > 0) throw new Error('not yet');
  });
  await emit('a', 1);
  await emit('a', 2);
  await emit('b', 1);
  closers.add(startRelay());
  closers.add(startConsumer([flaky]));
  await until(async () => (await ledger()).length === 3);
  expect(await ledger()).toEqual([
    { subject: 'b', value: 1 },
    { subject: 'a', value: 1 },
    { subject: 'a', value: 2 },
  ]);
});

test('an event that takes longer than messages are hidden is applied once, and the later ones wait', async () => {
  let started = 0;
  const slow = on(counted, async (event, manager: EntityManager) => {
    started += 1;
    await wait(3_000);
    await record(event, manager);
  });
  await emit('a', 1);
  await emit('a', 2);
  closers.add(startRelay());
  for (const _ of [1, 2]) closers.add(startConsumer([slow], { visibilitySeconds: 1 }));
  await until(async () => (await ledger()).length === 2);
  expect(await valuesOf('a')).toEqual([1, 2]);
  expect(started).toBe(2);
});

test('an event that the topic refuses delays only its subject, and the log has the reason', async () => {
  const warnings: object[] = [];
  const recording = Object.assign(openLog('test', '0', 'silent'), { warn: (line: object) => void warnings.push(line) });
  const large = `select emit_event('Counted', 1, 'a', jsonb_build_object('padding', repeat('x', 300000)))`;
  await database.source.query(large);
  // More than the relay reads at once.
  for (let value = 2; value <= 150; value += 1) await emit('a', value);
  await emit('b', 1);
  closers.add(startRelay(recording));
  closers.add(startConsumer([on(counted, record)]));
  await until(async () => (await ledger()).length > 0 && warnings.length > 0);
  expect(await ledger()).toEqual([{ subject: 'b', value: 1 }]);
  expect(warnings[0]).toMatchObject({ code: 'InvalidParameter', reason: 'Message too long', subject: 'a' });
});

test('one replica publishes until it releases its lease', async () => {
  const [one, other] = [postgresOutbox(database.source, 'counters'), postgresOutbox(database.source, 'counters')];
  await emit('a', 1);
  const entries = await one.read(10);
  expect(entries).toMatchObject([{ event: { source: 'counters', type: 'Counted', subject: 'a', data: { value: 1 } } }]);
  expect(await other.read(10)).toBeNull();
  await one.markSent(entries!.map(({ position }) => position));
  await one.release();
  expect(await other.read(10)).toEqual([]);
  expect(await other.resend(new Date(0))).toBe(1);
  expect(await other.backlog()).toMatchObject({ unsent: 1 });
});

const subjects = ['a', 'b', 'c', 'd', 'e'];

/** @param consumer the one whose queue is received */
function settings(consumer = 'reader'): EventSettings {
  const queue = (name: string) => `http://sqs.eu-central-1.localhost:${emulator.port}/000000000000/test-${name}.fifo`;
  return {
    AWS_REGION: 'eu-central-1',
    EVENTS_ENDPOINT: emulator.endpoint,
    EVENTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:000000000000:test-counters.fifo',
    EVENTS_SUBSCRIBERS: ['reader', 'other'].map(queue),
    EVENTS_QUEUE_URL: queue(consumer),
  };
}

function startRelay(relayLog = log) {
  return startEventRelay({ outbox: postgresOutbox(database.source, 'counters'), settings: settings(), log: relayLog });
}

function startConsumer(reactions: EventReaction<EntityManager>[], other: Partial<ConsumerOptions<EntityManager>> = {}) {
  const options = { settings: settings(), inbox: postgresInbox(database.source), check: database.check };
  return startEventConsumer({ ...options, reactions, log, ...other });
}

async function restartEmulator(): Promise<void> {
  await emulator.close();
  emulator = await openEventEmulator(emulator.port);
}

/** One event of each value for each subject, in the order of the values. */
async function emitAll(from: number, to: number): Promise<void> {
  await database.source.query(
    `select emit_event('Counted', 1, subject, jsonb_build_object('value', value)) from (
      select subject, value from generate_series($1::int, $2::int) value cross join unnest($3::text[]) subject
      order by value) counted`,
    [from, to, subjects],
  );
}

async function emit(subject: string, value: number, executor: Pick<EntityManager, 'query'> = database.source) {
  await executor.query(`select emit_event('Counted', 1, $1, jsonb_build_object('value', $2::int))`, [subject, value]);
}

async function record({ subject, data }: { subject: string; data: { value: number } }, manager: EntityManager) {
  await manager.query('insert into ledger (subject, value) values ($1, $2)', [subject, data.value]);
}

/** The number of events that a consumer has not confirmed. */
async function unconfirmed(): Promise<number> {
  const statement = 'select 1 from event_outbox where cardinality(confirmed_by) < 2';
  return (await database.source.query<unknown[]>(statement)).length;
}

function ledger(): Promise<{ subject: string; value: number }[]> {
  return database.source.query('select subject, value from ledger order by position');
}

async function valuesOf(subject: string): Promise<number[]> {
  return (await ledger()).filter((row) => row.subject === subject).map(({ value }) => value);
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds()) && Date.now() < deadline) await wait(50);
}

async function openDatabase(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  closers.add({ close: () => rm(folder, { recursive: true }) });
  for (const [index, path] of migrations.entries())
    await copyFile(new URL(`../../subgraphs/${path}`, import.meta.url), join(folder, `000${index}_events.sql`));
  const opened = await openPostgres(readSettings(schemaSettings, freshSchema()), {
    entities: [],
    migrations: pathToFileURL(`${folder}/`),
  });
  await opened.source.query(
    'create table ledger (position bigint generated always as identity, subject text, value integer)',
  );
  return opened;
}
