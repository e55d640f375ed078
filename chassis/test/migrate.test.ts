import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { migrate } from '@marquee/chassis/postgres/migrate';
import { openPostgres, type Postgres, postgresSettings } from '@marquee/chassis/postgres/open-database';
import { freshSchema, observeStores } from '@marquee/testkit/test-stores';

let folder: string;
let opened: Postgres[];

beforeEach(async () => {
  opened = [];
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await write('0001_things.sql', 'create table thing (id int primary key); insert into thing values (1);');
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await rm(folder, { recursive: true });
});

test('applies each migration once when ten replicas start together', async () => {
  const mine = settings();
  const replicas = await Promise.all(Array.from({ length: 10 }, () => open(mine)));
  expect(await replicas[0]?.source.query('select name from migration')).toEqual([{ name: '0001_things.sql' }]);
  expect(await replicas[9]?.source.query('select id from thing')).toEqual([{ id: 1 }]);
});

test('applies new migrations at the next start, in the order of their names', async () => {
  const mine = settings();
  await open(mine);
  await write('0003_more.sql', 'insert into thing select max(id) * 10 from thing;');
  await write('0002_more.sql', 'insert into thing values (2);');
  const database = await open(mine);
  expect(await database.source.query('select id from thing order by id')).toEqual([{ id: 1 }, { id: 2 }, { id: 20 }]);
});

test('rejects an edited migration by name and changes nothing', async () => {
  const mine = settings();
  const before = await open(mine);
  await write('0001_things.sql', 'create table thing (id bigint primary key);');
  await write('0002_more.sql', 'insert into thing values (2);');
  await expect(open(mine)).rejects.toThrow('Edited after they were applied: 0001_things.sql');
  expect(await before.source.query('select id from thing')).toEqual([{ id: 1 }]);
});

test('rejects a missing migration, and one that sorts before applied ones', async () => {
  const mine = settings();
  await open(mine);
  await write('0000_early.sql', 'select 1;');
  await expect(open(mine)).rejects.toThrow('0000_early.sql sorts before 0001_things.sql');
  await rm(join(folder, '0000_early.sql'));
  await write('0002_more.sql', 'select 2;');
  await rm(join(folder, '0001_things.sql'));
  await expect(open(mine)).rejects.toThrow('migrations without a file: 0001_things.sql');
});

test('accepts the migrations of a newer build, so that a deployment can be rolled back', async () => {
  const mine = settings();
  await write('0002_later.sql', 'alter table thing add column later int;');
  await open(mine);
  await rm(join(folder, '0002_later.sql'));
  const database = await open(mine);
  expect(await database.source.query('select id from thing')).toEqual([{ id: 1 }]);
});

test('rolls back a migration that fails, and keeps those before it', async () => {
  const mine = settings();
  await open(mine);
  await write('0002_fine.sql', 'insert into thing values (2);');
  await write('0003_wrong.sql', 'insert into nowhere values (3);');
  await expect(open(mine)).rejects.toThrow(/nowhere/);
  expect(await opened[0]?.source.query('select id from thing')).toEqual([{ id: 1 }, { id: 2 }]);
  await write('0003_wrong.sql', 'insert into thing values (3);');
  const database = await open(mine);
  expect(await database.source.query('select id from thing')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
});

test('reads go on while a migration waits for a lock, which it gets later', async () => {
  const mine = settings();
  const { source } = await open(mine);
  await write('0002_other.sql', 'create table other ();');
  await write('0003_column.sql', 'alter table thing add column later int;');
  const { opening: migrating } = await source.transaction(async (manager) => {
    await manager.query('lock table thing in access share mode');
    const opening = open(mine);
    opening.catch(() => undefined);
    await until(async () => (await waitingLocks(mine)) > 0);
    // It queues behind the migration, and would wait for the end of this transaction.
    expect(await source.query('select id from thing')).toEqual([{ id: 1 }]);
    expect(await source.query('select * from other')).toEqual([]);
    return { opening };
  });
  const database = await migrating;
  expect(await database.source.query('select later from thing')).toEqual([{ later: null }]);
});

test('a migration that never gets its lock fails after a number of attempts', async () => {
  const mine = settings();
  const { source } = await open(mine);
  await write('0002_column.sql', 'alter table thing add column later int;');
  await source.transaction(async (manager) => {
    await manager.query('lock table thing in access share mode');
    const limits = { lockTimeoutMs: 50, attempts: 2 };
    const migrating = migrate(source, mine.DATABASE_SCHEMA, pathToFileURL(`${folder}/`), limits);
    await expect(migrating).rejects.toThrow('no lock on its tables in 2 attempts');
  });
  await expect(source.query('select later from thing')).rejects.toThrow('later');
});

test('records every statement with its text and without values', async () => {
  const { source } = await open(settings());
  const { requests } = await observeStores(() =>
    source.transaction((manager) => manager.query('select id from thing where id = $1', [7])),
  );
  expect(requests.map(({ store, statement }) => [store, statement])).toEqual([
    ['postgres', 'START TRANSACTION'],
    ['postgres', 'select id from thing where id = $1'],
    ['postgres', 'COMMIT'],
  ]);
});

test('migrateOnce applies migrations and sets the exit code', async () => {
  const { DATABASE_URL, DATABASE_SCHEMA } = settings();
  expect(await program({ DATABASE_URL, DATABASE_SCHEMA })).toEqual([0, `${DATABASE_SCHEMA} is up to date\n`]);
  await write('0001_things.sql', 'select 1;');
  expect(await Promise.all([program({ DATABASE_URL, DATABASE_SCHEMA }), program({ DATABASE_URL })])).toEqual([
    [1, expect.stringContaining('Edited')],
    [78, expect.stringContaining('DATABASE_SCHEMA')],
  ]);
});

async function program(env: Record<string, string>): Promise<[code: number | null, output: string]> {
  const script = `import { migrateOnce } from '@marquee/chassis/postgres/migrate-once';
    await migrateOnce(new URL('${pathToFileURL(`${folder}/`).href}'));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
  const [[code], output, errors] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return [code, output + errors];
}

async function open(mine: ReturnType<typeof settings>): Promise<Postgres> {
  const database = await openPostgres(mine, { entities: [], migrations: pathToFileURL(`${folder}/`) });
  opened.push(database);
  return database;
}

/** The number of statements that wait for a table of the schema. */
async function waitingLocks({ DATABASE_SCHEMA }: ReturnType<typeof settings>): Promise<number> {
  const statement = `select 1 from pg_locks join pg_class on pg_class.oid = relation
    where not granted and relnamespace = $1::regnamespace`;
  return ((await opened[0]?.source.query(statement, [DATABASE_SCHEMA])) as unknown[]).length;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not hold within 30 seconds');
    await wait(20);
  }
}

function write(name: string, sql: string): Promise<void> {
  return writeFile(join(folder, name), sql);
}

function settings() {
  return readSettings(postgresSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...freshSchema() });
}
