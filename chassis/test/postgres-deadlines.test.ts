import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { storeErrorOf } from '@marquee/chassis/errors/store-error';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { Cancellation, createRequestScope, runInScope } from '@marquee/chassis/telemetry/request-scope';
import { freshSchema } from '@marquee/testkit/test-stores';

const schema = freshSchema();
let folder: string;
let database: Postgres;
/** Another session, which holds locks and observes. */
let observer: Postgres;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadlines-'));
  await writeFile(join(folder, '0001_thing.sql'), 'create table thing (id int primary key, name text);');
  database = await open('2', '60');
  observer = await open('2', '60');
});

/** @param seconds that a statement may take */
function open(pool: string, seconds: string): Promise<Postgres> {
  const variables = { ...schema, DATABASE_POOL: pool, DATABASE_STATEMENT_SECONDS: seconds };
  return openPostgres(readSettings(schemaSettings, variables), {
    entities: [],
    migrations: pathToFileURL(`${folder}/`),
  });
}

beforeEach(() =>
  database.source.query(`insert into thing values (1, 'one') on conflict (id) do update set name = 'one'`),
);
afterEach(() => database.source.query('delete from thing where id > 1'));
afterAll(async () => {
  await Promise.all([database.close(), observer.close()]);
  await rm(folder, { recursive: true });
});

test('cancels a statement at the server when the deadline of its request passes, and keeps the connection', async () => {
  const before = await sessions();
  await expect(within(200, () => database.source.query(`select pg_sleep(50) /* slow */`))).rejects.toThrow('deadline');
  expect(await running('slow')).toBe(0);
  expect(await sessions()).toEqual(before);
});

test('cancels a statement when its caller leaves', async () => {
  const { cancellation, work } = scoped(() => database.source.query(`select pg_sleep(50) /* left */`));
  await until(async () => (await running('left')) === 1);
  cancellation.cancel();
  await expect(work).rejects.toMatchObject({ driverError: { kind: 'deadline' } });
  expect(await running('left')).toBe(0);
});

test('starts no statement for a caller who has left, except the end of a transaction', async () => {
  const { cancellation, work } = scoped(() =>
    database.source.transaction(async (manager) => {
      await manager.query(`insert into thing values (2, 'two')`);
      cancellation.cancel();
    }),
  );
  await expect(work).rejects.toMatchObject({ driverError: { kind: 'deadline' } });
  expect(await observer.source.query('select id from thing')).toEqual([{ id: 1 }]);
  expect(await openTransactions('two')).toBe(0);
});

test('ends a wait for a lock at the deadline, and releases its own locks', async () => {
  await observer.source.transaction(async (holder) => {
    await holder.query('select * from thing where id = 1 for update');
    const blocked = within(300, () =>
      database.source.transaction(async (manager) => {
        await manager.query(`insert into thing values (3, 'three')`);
        await manager.query(`update thing set name = 'other' where id = 1`);
      }),
    );
    await expect(blocked).rejects.toMatchObject({ driverError: { kind: 'deadline' } });
    expect(await openTransactions('three')).toBe(0);
  });
  expect(await observer.source.query('select id, name from thing')).toEqual([{ id: 1, name: 'one' }]);
});

test('the server knows the deadline of a transaction, and forgets it afterwards', async () => {
  const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
  const read = `select ${names.map((name) => `current_setting('${name}') as ${name}`).join(', ')}`;
  const patient = await open('1', '300');
  const [inside] = await within(100_000, () =>
    patient.source.transaction((manager) => manager.query<Record<string, string>[]>(read)),
  );
  for (const name of names) expect(inside?.[name]).toMatch(/^(\d{5}ms|\d\ds|100s)$/);
  expect(await patient.source.query(read)).toEqual([
    { statement_timeout: '302s', lock_timeout: '0', idle_in_transaction_session_timeout: '0' },
  ]);
  await patient.close();
});

test('a statement without a request ends at its own time limit', async () => {
  const impatient = await open('1', '1');
  await expect(impatient.source.query(`select pg_sleep(60) /* own */`)).rejects.toThrow('deadline');
  expect(await running('own')).toBe(0);
  await impatient.close();
});

test('a commit that has begun is answered by its result, although the caller leaves', async () => {
  const slowCommit = `create constraint trigger slow after insert on thing deferrable initially deferred
    for each row when (new.id = 7) execute function slow_commit()`;
  await observer.source.query(
    `create function slow_commit() returns trigger language plpgsql as 'begin perform pg_sleep(3); return null; end'`,
  );
  await observer.source.query(slowCommit);
  const { cancellation, work } = scoped(() =>
    database.source.transaction((manager) => manager.query(`insert into thing values (7, 'seven')`)),
  );
  await until(async () => (await running('COMMIT')) === 1);
  cancellation.cancel();
  await work;
  expect(await observer.source.query('select id from thing where id = 7')).toEqual([{ id: 7 }]);
});

test('a wait for a free connection ends at the deadline', async () => {
  const busy = [1, 2].map(() => scoped(() => database.source.query('select pg_sleep(50) /* busy */')));
  const ended = Promise.allSettled(busy.map(({ work }) => work));
  await until(async () => (await running('busy')) === 2);
  const failure: unknown = await within(200, () => database.source.query('select 1')).catch((error: unknown) => error);
  expect(storeErrorOf(failure)).toMatchObject({ kind: 'deadline' });
  for (const { cancellation } of busy) cancellation.cancel();
  await ended;
  expect(await database.source.query('select 1 as one')).toEqual([{ one: 1 }]);
});

test('reads are repeated on another connection when theirs is terminated', async () => {
  await observer.source.query(`insert into thing values (9, 'only the first attempt sleeps')`);
  const sleep = 'pg_sleep((select count(*) * 50 from thing where id = 9))';
  const slow = database.source.query(`select 'done' as state from ${sleep} /* repeated */`);
  await until(async () => (await running('repeated')) === 1);
  await observer.source.query('delete from thing where id = 9');
  await terminate('repeated');
  expect(await slow).toEqual([{ state: 'done' }]);
});

test('a write whose connection is terminated is not repeated, and its outcome is reported as unknown', async () => {
  const slow = database.source.query(`update thing set name = 'lost' from pg_sleep(50) where id = 1 /* written */`);
  const failure = slow.catch((error: unknown) => error);
  await until(async () => (await running('written')) === 1);
  await terminate('written');
  expect(await failure).toMatchObject({ driverError: { kind: 'unknown' } });
  expect(await database.source.query('select name from thing')).toEqual([{ name: 'one' }]);
});

test('a transaction whose connection is terminated changes nothing, and the next one works', async () => {
  const work = database.source.transaction(async (manager) => {
    await manager.query(`insert into thing values (4, 'four') /* ended */`);
    await terminate('ended');
    await wait(50);
    await manager.query(`insert into thing values (5, 'five')`);
  });
  await expect(work).rejects.toMatchObject({ driverError: { kind: 'unavailable' } });
  await database.source.transaction((manager) => manager.query(`insert into thing values (6, 'six')`));
  expect(await observer.source.query('select id from thing order by id')).toEqual([{ id: 1 }, { id: 6 }]);
});

test('is not ready while its connections lead to a read-only server, and then replaces them', async () => {
  await becomeReadOnly();
  await expect(database.check()).rejects.toMatchObject({ kind: 'unavailable' });
  await database.check();
});

test('a write to a server that became read-only fails once, and the next one reaches another server', async () => {
  await becomeReadOnly();
  const write = () => database.source.query(`insert into thing values (8, 'eight')`);
  await expect(write()).rejects.toMatchObject({ driverError: { kind: 'unavailable' } });
  await write();
  expect(await observer.source.query('select id from thing where id = 8')).toEqual([{ id: 8 }]);
});

/** Makes both open sessions read-only, as those of a server that lost the role of the writer. */
async function becomeReadOnly(): Promise<void> {
  const session = `select set_config('default_transaction_read_only', 'on', false) from pg_sleep(0.1)`;
  await Promise.all([database.source.query(session), database.source.query(session)]);
}

/** Runs `work` in a request with this deadline. */
function within<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
  const { cancellation, work: result } = scoped(work, milliseconds);
  setTimeout(() => cancellation.cancel(), milliseconds).unref();
  return result;
}

function scoped<Result>(work: () => Promise<Result>, milliseconds = Infinity) {
  const scope = { ...createRequestScope(undefined), cancellation: new Cancellation() };
  scope.cancellation.deadlineAt = performance.now() + milliseconds;
  return { cancellation: scope.cancellation, work: runInScope(scope, work) };
}

/** The number of statements with this text that sleep. */
async function running(text: string): Promise<number> {
  const sql = `select count(*)::int as count from pg_stat_activity
    where wait_event = 'PgSleep' and query like '%' || $1 || '%' and pid <> pg_backend_pid()`;
  const [row] = await observer.source.query<{ count: number }[]>(sql, [text]);
  return row?.count ?? 0;
}

/** Ends the sessions whose last statement has this comment: other tests use the same server. */
async function terminate(comment: string): Promise<void> {
  await observer.source.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like '%/* ' || $1 || ' */%' and pid <> pg_backend_pid()`,
    [comment],
  );
}

async function openTransactions(text: string): Promise<number> {
  const sql = `select count(*)::int as count from pg_stat_activity
    where state like 'idle in transaction%' and query like '%' || $1 || '%' and pid <> pg_backend_pid()`;
  const [row] = await observer.source.query<{ count: number }[]>(sql, [text]);
  return row?.count ?? 0;
}

/** The sessions of the tested database, by process. */
async function sessions(): Promise<number[]> {
  const read = async () => (await database.source.query<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]?.pid;
  return [...new Set([await read(), await read()])].filter((pid) => pid !== undefined);
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await wait(10);
}
