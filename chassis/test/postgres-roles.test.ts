import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { freshRole, freshSchema } from '@marquee/testkit/test-stores';

let folder: string;
let administrator: Postgres;
const opened: Postgres[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roles-'));
  administrator = await open(freshSchema());
});
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await rm(folder, { recursive: true });
});

test('the server limits single statements of a role with the name of the schema, by a default of the role', async () => {
  const database = await open({ ...(await ownRole()), DATABASE_STATEMENT_SECONDS: '3' });
  expect(await database.source.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
  expect(await database.source.query('select source from pg_settings where name = $1', ['search_path'])).toEqual([
    { source: 'default' },
  ]);
});

test('replicas that start together set the default of the role once, and a later start changes it', async () => {
  const role = await ownRole();
  await Promise.all([1, 2, 3, 4].map(() => open({ ...role, DATABASE_STATEMENT_SECONDS: '3' })));
  const database = await open({ ...role, DATABASE_STATEMENT_SECONDS: '4' });
  expect(await database.source.query('show statement_timeout')).toEqual([{ statement_timeout: '6s' }]);
});

test('the server limits single statements of a role with another name, by options of its connections', async () => {
  const database = await open({ ...freshSchema(), DATABASE_STATEMENT_SECONDS: '3' });
  expect(await database.source.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
});

test('a rotated password is read again for new connections, and the old connections stay', async () => {
  const role = await ownRole();
  const file = join(folder, 'password');
  await writeFile(file, 'first\n');
  const withoutPassword = Object.assign(new URL(role['DATABASE_URL'] ?? ''), { password: '' }).href;
  const database = await open({ ...role, DATABASE_URL: withoutPassword, DATABASE_PASSWORD_FILE: file });
  await administrator.source.query(`alter role ${role['DATABASE_SCHEMA']} password 'second'`);
  await writeFile(file, 'second\n');
  await database.source.query('select 1');
  await endSessions(role['DATABASE_SCHEMA']);
  await database.check();
  await expect(open(role)).rejects.toThrow(/password authentication failed/);
});

test('a password that does not match yet fails as unavailable, and the next attempt reads it again', async () => {
  const role = await ownRole();
  const file = join(folder, 'late-password');
  await writeFile(file, 'first');
  const database = await open({ ...role, DATABASE_PASSWORD_FILE: file });
  await administrator.source.query(`alter role ${role['DATABASE_SCHEMA']} password 'second'`);
  await endSessions(role['DATABASE_SCHEMA']);
  await expect(database.check()).rejects.toThrow(/unavailable/);
  await writeFile(file, 'second');
  await database.check();
});

function ownRole(): Promise<Record<string, string>> {
  return freshRole((sql) => administrator.source.query(sql));
}

async function endSessions(role: string | undefined): Promise<void> {
  await administrator.source.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
}

async function open(variables: Record<string, string>): Promise<Postgres> {
  const settings = readSettings(schemaSettings, variables);
  const database = await openPostgres(settings, { entities: [], migrations: pathToFileURL(`${folder}/`) });
  opened.push(database);
  return database;
}
