import 'reflect-metadata';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Bus, createProcessBus } from '@marquee/chassis/bus/bus';
import { type Change, createLogTails, publishChange, streamLog } from '@marquee/chassis/bus/change-log';
import { StreamPosition } from '@marquee/chassis/bus/stream-position';
import { readSettings } from '@marquee/chassis/config/settings';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { postgresChangeLog, removeOldChanges } from '@marquee/chassis/postgres/postgres-change-log';
import { openLog } from '@marquee/chassis/telemetry/log';
import { freshSchema, observeStores } from '@marquee/testkit/test-stores';

const migrations = ['0013_change_log.sql', '0016_event_outbox.sql', '0030_change_causes.sql'];

let folder: string;
let database: Postgres;
const streams: { return?(): Promise<unknown> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  for (const name of migrations)
    await copyFile(new URL(`../../subgraphs/users/migrations/${name}`, import.meta.url), join(folder, name));
  const settings = readSettings(schemaSettings, freshSchema());
  database = await openPostgres(settings, { entities: [], migrations: pathToFileURL(`${folder}/`) });
});
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.return?.();
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

interface Event {
  subject: string;
  changeCursor: number;
}

interface ListenOptions {
  bus?: Bus;
  after?: number | null;
  /** Milliseconds between two polls. */
  pollMs?: number;
  isVisible?(change: Change): boolean;
}

/** Subscribes like a process that has just started. */
function listen(
  stream: string,
  { bus = createProcessBus(), after = 0, pollMs = 60_000, isVisible }: ListenOptions = {},
) {
  const log = openLog('test', '0', 'silent');
  const tails = createLogTails(postgresChangeLog(database.source), { bus, log, intervalMs: pollMs, safetyMs: pollMs });
  const load = (changes: readonly Change[]) =>
    Promise.resolve(changes.map((change) => (isVisible?.(change) === false ? null : { subject: change.subject })));
  const listening = streamLog(tails, stream, { after, load });
  streams.push(listening);
  return listening;
}

async function take(
  listening: AsyncIterator<Event | StreamPosition>,
  count: number,
): Promise<(Event | StreamPosition)[]> {
  const results: (Event | StreamPosition)[] = [];
  while (results.length < count) {
    const { done, value } = await listening.next();
    if (done) throw new Error('The stream has ended.');
    results.push(value);
  }
  return results;
}

async function append(stream: string, ...subjects: string[]): Promise<void> {
  await database.source.query('select append_change($1, subject) from unnest($2::text[]) as subject', [
    stream,
    subjects,
  ]);
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

function events(from: number, to: number): Event[] {
  return numbered(from, to).map((subject) => ({ subject, changeCursor: Number(subject) }));
}

test('delivers stored changes after the cursor over several pages, then live ones, each once and in order', async () => {
  const bus = createProcessBus();
  await append('pages', ...numbered(1, 130));
  const listening = listen('pages', { bus, after: 2 });
  expect(await take(listening, 128)).toEqual(events(3, 130));
  await append('pages', '131');
  publishChange(bus, 'pages');
  expect(await take(listening, 1)).toEqual(events(131, 131));
});

test('starts with the next change without a cursor, and reports where', async () => {
  const bus = createProcessBus();
  await append('new', 'a', 'b');
  const listening = listen('new', { bus, after: null });
  expect(await take(listening, 1)).toEqual([new StreamPosition(2)]);
  await append('new', 'c');
  publishChange(bus, 'new');
  expect(await take(listening, 1)).toEqual([{ subject: 'c', changeCursor: 3 }]);
});

test('a reader misses nothing while writers commit out of order, and some roll back', async () => {
  const bus = createProcessBus();
  const listening = listen('race', { bus, pollMs: 20 });
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let index = 0; index < 10; index += 1) {
      const write = database.source.transaction(async (manager) => {
        if (index % 2 === 0) await wait(Math.random() * 10);
        await manager.query('select append_change($1, $2)', ['race', `${writer} ${index}`]);
        await wait(Math.random() * 5);
        if (index === 5) throw new Error('rolled back');
      });
      await write.then(
        () => publishChange(bus, 'race'),
        () => undefined,
      );
    }
  });
  const received = (await take(listening, 72)) as Event[];
  await Promise.all(writers);
  expect(received.map(({ changeCursor }) => changeCursor)).toEqual(numbered(1, 72).map(Number));
  expect(new Set(received.map(({ subject }) => subject)).size).toBe(72);
});

test('a change of a transaction that appended early and commits late is not skipped', async () => {
  const bus = createProcessBus();
  const listening = listen('late', { bus, pollMs: 20 });
  let second: Promise<void> | undefined;
  await database.source.transaction(async (manager) => {
    await manager.query(`select append_change('late', 'first')`);
    second = append('late', 'second');
    await wait(100);
  });
  await second;
  expect(await take(listening, 2)).toEqual([
    { subject: 'first', changeCursor: 1 },
    { subject: 'second', changeCursor: 2 },
  ]);
});

test('finds more than 50 changes without any notification', async () => {
  const listening = listen('quiet', { after: null, pollMs: 50 });
  await take(listening, 1);
  await append('quiet', ...numbered(1, 300));
  expect(await take(listening, 300)).toEqual(events(1, 300));
});

test('reports a gap at once, also without a later change, and resumes after it', async () => {
  await append('old', ...numbered(1, 10));
  await database.source.query(
    `update change_log set changed_at = now() - interval '40 days' where stream = 'old' and sequence <= 6`,
  );
  expect(await removeOldChanges(database.source)).toBe(6);
  expect(await take(listen('old', { after: 3 }), 5)).toEqual([new StreamPosition(6, true), ...events(7, 10)]);
  expect(await take(listen('old', { after: 6 }), 4)).toEqual(events(7, 10));
  await database.source.query(`delete from change_log where stream = 'old'`);
  expect(await take(listen('old', { after: 8 }), 1)).toEqual([new StreamPosition(10, true)]);
});

test('rejects a cursor beyond the last change with the last one', async () => {
  await append('short', 'a');
  await expect(take(listen('short', { after: 2 }), 1)).rejects.toMatchObject({
    extensions: { code: 'BAD_USER_INPUT', cursor: 1 },
  });
  await expect(take(listen('empty', { after: 1 }), 1)).rejects.toMatchObject({ extensions: { cursor: 0 } });
});

test('omits changes that the reader may not see, and reports the position after 50 without an event', async () => {
  const bus = createProcessBus();
  await append('mixed', ...numbered(1, 40));
  const isVisible = ({ sequence }: Change) => sequence === 2 || sequence > 60;
  const listening = listen('mixed', { bus, isVisible });
  expect(await take(listening, 1)).toEqual(events(2, 2));
  await append('mixed', ...numbered(41, 60));
  publishChange(bus, 'mixed');
  expect(await take(listening, 1)).toEqual([new StreamPosition(60)]);
  await append('mixed', '61');
  publishChange(bus, 'mixed');
  expect(await take(listening, 1)).toEqual(events(61, 61));
});

test('delivers one object to all streams that load the same row', async () => {
  const bus = createProcessBus();
  const log = openLog('test', '0', 'silent');
  const options = { bus, log, intervalMs: 60_000, safetyMs: 60_000 };
  const tails = createLogTails(postgresChangeLog(database.source), options);
  const row = { subject: 'a' };
  const load = (changes: readonly Change[]) => Promise.resolve(changes.map(() => row));
  await append('one object', 'a', 'a');
  const [first, second] = await Promise.all(
    [1, 2].map(() => take(streamLog(tails, 'one object', { after: 0, load }), 2)),
  );
  expect(first?.[0]).toBe(second?.[0]);
  expect(first).toEqual([
    { subject: 'a', changeCursor: 1 },
    { subject: 'a', changeCursor: 2 },
  ]);
});

test('reads new changes once for all subscribers of a stream', async () => {
  const bus = createProcessBus();
  const log = openLog('test', '0', 'silent');
  const options = { bus, log, intervalMs: 60_000, safetyMs: 60_000 };
  const tails = createLogTails(postgresChangeLog(database.source), options);
  const load = (changes: readonly Change[]) => Promise.resolve(changes.map(({ subject }) => ({ subject })));
  const listeners = Array.from({ length: 20 }, () => streamLog(tails, 'shared', { after: null, load }));
  streams.push(...listeners);
  await Promise.all(listeners.map((listener) => listener.next()));
  await append('shared', 'a');
  const { result, requests } = await observeStores(() => {
    publishChange(bus, 'shared');
    return Promise.all(listeners.map((listener) => listener.next()));
  });
  expect(result.map(({ value }) => value as unknown)).toEqual(result.map(() => ({ subject: 'a', changeCursor: 1 })));
  expect(requests).toHaveLength(1);
});

test('the services have the same migrations', async () => {
  const read = (path: string) => readFile(new URL(`../../subgraphs/${path}`, import.meta.url), 'utf8');
  const others = ['0006_change_log.sql', '0012_event_outbox.sql', '0022_change_causes.sql'].map((name) =>
    read(`jobs/migrations/${name}`),
  );
  expect(await Promise.all(others)).toEqual(
    await Promise.all(migrations.map((name) => read(`users/migrations/${name}`))),
  );
});
