import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '@marquee/testkit/ports';
import pg from 'pg';
import { isAlive } from '../src/process/identity.js';
import { databaseUrl } from '../src/stores/postgres/databases.js';
import { openPostgres, type Postgres } from '../src/stores/postgres/open-postgres.js';

let directory: string;
let port: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-postgres-'));
  await chmod(directory, 0o711);
  port = await freePort();
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the embedded Postgres', () => {
  test('creates one database with an isolated schema and role for each tenant', async () => {
    const postgres = await open();
    await query(tenantUrl('users'), 'create table secret as select 42 as answer');
    await expect(query(tenantUrl('jobs'), 'select * from users.secret')).rejects.toThrow(/permission denied/);
    await expect(query(tenantUrl('jobs'), 'create schema mine')).rejects.toThrow(/permission denied/);
    await expect(query(tenantUrl('users', 'guessed'), 'select 1')).rejects.toThrow(/password authentication failed/);
    expect(await query(tenantUrl('users'), "select similarity('show', 'shows') > 0.5 as similar")).toEqual([
      { similar: true },
    ]);
    expect(await query(postgres.adminUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    await postgres.close();
  });

  test('keeps its data across runs', async () => {
    const postgres = await open();
    expect(await query(tenantUrl('users'), 'select answer from secret')).toEqual([{ answer: 42 }]);
    await postgres.close();
  });

  test('starts immediately after its server was killed', async () => {
    const { pid, ended } = await open();
    process.kill(pid, 'SIGKILL');
    await ended;
    const postgres = await open();
    expect(await query(tenantUrl('users'), 'select answer from secret')).toEqual([{ answer: 42 }]);
    await postgres.close();
  });

  test('stops an orphaned server before it starts', async () => {
    const orphan = await open();
    const postgres = await open();
    expect(isAlive(orphan.pid)).toBe(false);
    expect(await query(tenantUrl('users'), 'select answer from secret')).toEqual([{ answer: 42 }]);
    await postgres.close();
  });

  test('ignores an unrelated process with the pid of a stopped server', async () => {
    const file = join(directory, 'postgres', 'postmaster.pid');
    await writeFile(file, `${process.ppid}\n`);
    const postgres = await open();
    expect(isAlive(process.ppid)).toBe(true);
    expect(Number((await readFile(file, 'utf8')).split('\n')[0])).toBe(postgres.pid);
    await postgres.close();
  });

  test('initialises the data directory again after an interrupted first run', async () => {
    const half = join(directory, 'fresh.new-0badcafe');
    await mkdir(join(half, 'base'), { recursive: true });
    await mkdir(join(directory, 'fresh'));
    const postgres = await open('fresh');
    expect(await query(tenantUrl('users'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(stat(half)).rejects.toThrow(/ENOENT/);
    await postgres.close();
  });

  test('reports the output of Postgres when it does not start', async () => {
    const postgres = await open();
    const second = openPostgres({ ...options('second'), port });
    await expect(second).rejects.toThrow(new RegExp(`port ${port}:[^]*Address already in use`));
    await postgres.close();
  });

  test('works below a directory that only its owner may enter', async () => {
    const closed = join(directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const postgres = await open('closed/postgres');
    expect(await query(tenantUrl('users'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.close();
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
  });
});

function open(name = 'postgres'): Promise<Postgres> {
  return openPostgres(options(name));
}

function options(name: string) {
  const tenants = ['users', 'jobs'].map((tenant) => ({ name: tenant, password: `${tenant}-password` }));
  return { directory: join(directory, name), port, adminPassword: 'admin-password', tenants, durable: false };
}

function tenantUrl(name: string, password = `${name}-password`): string {
  return databaseUrl(port, name, password);
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
