import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { migrate } from '@marquee/chassis/postgres/migrate';
import { openPostgres, type Postgres, postgresSettings } from '@marquee/chassis/postgres/open-database';
import { missingPgBouncerReason, openPgBouncer } from '@marquee/testkit/pgbouncer';
import { freshRole, freshSchema } from '@marquee/testkit/test-stores';
import type { DataSource } from 'typeorm';

const buildIndex = '-- transaction: false\ncreate index concurrently if not exists thing_by_name on thing (name);\n';

const missing = missingPgBouncerReason();
if (missing) process.stdout.write(`chassis/test/index-migration.test.ts: a test was skipped: ${missing}\n`);

let folder: string;
let opened: Postgres[];
beforeEach(async () => {
  opened = [];
  folder = await mkdtemp(join(tmpdir(), 'index-migrations-'));
  await write('0001_things.sql', 'create table thing (id bigint generated always as identity, name text);');
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await rm(folder, { recursive: true });
});

describe('a migration that builds an index', () => {
  test('lets writes go on, and other replicas wait for it', async () => {
    const mine = freshSchema();
    const { source } = await open(mine);
    await fill(source, 100_000);
    await write('0002_index.sql', buildIndex);
    await write('0003_last.sql', `insert into thing (name) values ('last');`);
    const { replicas } = await source.transaction(async (manager) => {
      // The index waits for the end of this transaction.
      await manager.query(`insert into thing (name) values ('open')`);
      const opening = [open(mine), open(mine), open(mine)];
      for (const replica of opening) replica.catch(() => undefined);
      await until(async () => (await stateOf(source)) === 'invalid');
      await source.query(`insert into thing (name) values ('written meanwhile')`);
      expect(await stateOf(source)).toBe('invalid');
      return { replicas: opening };
    });
    await Promise.all(replicas);
    expect(await stateOf(source)).toBe('valid');
    expect(await source.query(`select name from thing where name !~ '^name'  order by id`)).toEqual(
      ['open', 'written meanwhile', 'last'].map((name) => ({ name })),
    );
  });

  test.each([
    ['with rows', 'delete from thing where id = 1'],
    ['that is empty by then', 'delete from thing'],
  ])('builds an index again that an earlier attempt has left behind in a table %s', async (_, repair) => {
    const mine = freshSchema();
    const { source } = await open(mine);
    await source.query(`insert into thing (name) values ('twice'), ('twice')`);
    await write('0002_index.sql', buildIndex.replace('create index', 'create unique index'));
    await expect(open(mine)).rejects.toThrow(/could not create unique index/);
    expect(await stateOf(source)).toBe('invalid');
    await source.query(repair);
    await open(mine);
    expect(await stateOf(source)).toBe('valid');
  });

  test('does not wait for other transactions if the table is empty', async () => {
    const mine = freshSchema();
    const { source } = await open(mine);
    await write('0002_index.sql', buildIndex);
    const snapshot = source.createQueryRunner();
    await snapshot.startTransaction('REPEATABLE READ');
    await snapshot.query('select 1');
    await open(mine);
    await snapshot.commitTransaction();
    await snapshot.release();
    expect(await stateOf(source)).toBe('valid');
  });

  test('is tried again after the time that it waits for other transactions', async () => {
    const mine = freshSchema();
    const { source } = await open(mine);
    await fill(source, 10);
    await write('0002_index.sql', buildIndex);
    const { migrating } = await source.transaction(async (manager) => {
      await manager.query(`insert into thing (name) values ('open')`);
      const running = migrate(source, mine['DATABASE_SCHEMA'] ?? '', location(), { indexTimeoutMs: 50 });
      running.catch(() => undefined);
      await until(async () => (await stateOf(source)) === 'invalid');
      return { migrating: running };
    });
    await migrating;
    expect(await stateOf(source)).toBe('valid');
  });

  test.each(['create index thing_by_name on thing (name);', 'alter table thing add column later int;'])(
    'rejects "%s"',
    async (statement) => {
      await write('0002_index.sql', `-- transaction: false\n${statement}`);
      await expect(open(freshSchema())).rejects.toThrow('0002_index.sql runs outside of a transaction');
    },
  );
});

(missing ? describe.skip : describe)('behind PgBouncer in transaction mode', () => {
  test('replicas that start together build an index once', async () => {
    const { source } = await open(freshSchema());
    const role = await freshRole((sql) => source.query(sql));
    const bouncer = await openPgBouncer(role['DATABASE_URL'] ?? '');
    const mine = { ...role, DATABASE_URL: bouncer.url };
    try {
      const first = await open(mine);
      await fill(first.source, 10);
      await write('0002_index.sql', buildIndex);
      await Promise.all([open(mine), open(mine), open(mine)]);
      expect(await stateOf(first.source)).toBe('valid');
    } finally {
      await Promise.all(opened.splice(1).map((database) => database.close()));
      await bouncer.close();
    }
  });
});

async function open(mine: Record<string, string>): Promise<Postgres> {
  const settings = readSettings(postgresSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...mine });
  const database = await openPostgres(settings, { entities: [], migrations: location() });
  opened.push(database);
  return database;
}

async function fill(source: DataSource, rows: number): Promise<void> {
  await source.query(`insert into thing (name) select 'name ' || number from generate_series(1, $1::integer) number`, [
    rows,
  ]);
}

/** Undefined if there is no index. */
async function stateOf(source: DataSource): Promise<'valid' | 'invalid' | undefined> {
  const sql = `select indisvalid from pg_index where indexrelid = to_regclass('thing_by_name')`;
  const [row] = await source.query<{ indisvalid: boolean }[]>(sql);
  return row && (row.indisvalid ? 'valid' : 'invalid');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not hold within 30 seconds');
    await wait(20);
  }
}

function location(): URL {
  return pathToFileURL(`${folder}/`);
}

function write(name: string, sql: string): Promise<void> {
  return writeFile(join(folder, name), sql);
}
