import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { readSecret } from '@marquee/chassis/config/secrets-manager';
import { storeErrorOf } from '@marquee/chassis/errors/store-error';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { openTcpProxy } from '@marquee/testkit/tcp-proxy';
import { freshRole, freshSchema } from '@marquee/testkit/test-stores';
import { openSecretsServer, type SecretsServer } from './fixtures/secrets-server.js';

const DATABASE_SECRET_ID = 'marquee/prod/users/database-url';

let administrator: Postgres;
let server: SecretsServer;
const opened: Postgres[] = [];

beforeAll(async () => {
  administrator = await openDatabase(freshSchema());
});
beforeEach(async () => {
  server = await openSecretsServer();
});
afterEach(() => server.close());
afterAll(() => Promise.all(opened.map((database) => database.close())));

describe('a password that is rotated', () => {
  let role: Record<string, string>;
  let database: Postgres;
  beforeEach(async () => {
    role = await freshRole((sql) => administrator.source.query(sql));
    database = await openDatabase(withSecret(role));
  });

  test.each([
    ['the secret first, as the command does', ['secret', 'role']],
    ['the role first', ['role', 'secret']],
  ])('fails no request under load: %s', async (_, order) => {
    server.secrets.set(DATABASE_SECRET_ID, urlWith(role, 'first'));
    const load = startLoad(database);
    await endSessions(role);
    await load.progress();
    for (const what of order) {
      if (what === 'secret') server.secrets.set(DATABASE_SECRET_ID, urlWith(role, 'second'));
      else await administrator.source.query(`alter role ${role['DATABASE_SCHEMA']} password 'second'`);
      // A read is repeated once: no session may end while a client still repeats.
      if (what === order.at(-1)) await load.progress();
      await endSessions(role);
      await wait(300);
    }
    const { count, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(20);
    expect(server.requestCount).toBeGreaterThan(0);
    await expect(openDatabase(role)).rejects.toThrow(/password authentication failed/);
  });

  test('is read once for all connections, and not again before it is refused', async () => {
    server.secrets.set(DATABASE_SECRET_ID, JSON.stringify({ username: 'someone', password: 'second' }));
    await administrator.source.query(`alter role ${role['DATABASE_SCHEMA']} password 'second'`);
    for (let round = 0; round < 3; round += 1) {
      await endSessions(role);
      await Promise.all(Array.from({ length: 5 }, () => database.source.query('select pg_sleep(0.05)')));
    }
    expect(server.requestCount).toBe(1);
  });

  test('is read at the start if the password of the environment is older', async () => {
    server.secrets.set(DATABASE_SECRET_ID, urlWith(role, 'second'));
    await administrator.source.query(`alter role ${role['DATABASE_SCHEMA']} password 'second'`);
    for (const password of ['first', '']) {
      const { source } = await openDatabase({ ...withSecret(role), DATABASE_URL: urlWith(role, password) });
      expect(await source.query('select 1 as one')).toEqual([{ one: 1 }]);
    }
  });

  test('makes requests fail as unavailable while the secret is missing, and no longer', async () => {
    await administrator.source.query(`alter role ${role['DATABASE_SCHEMA']} password 'second'`);
    await endSessions(role);
    const failure = await database.check().catch((error: unknown) => error);
    expect(storeErrorOf(failure)?.kind).toBe('unavailable');
    server.secrets.set(DATABASE_SECRET_ID, urlWith(role, 'second'));
    await database.check();
  });
});

test('a secret is read again after an error of the server, and within seconds after a silence', async () => {
  server.secrets.set('one', 'value');
  const proxy = await openTcpProxy(server.url);
  const read = () => readSecret('one', { AWS_REGION: 'eu-central-1', SECRETS_ENDPOINT: proxy.url });
  server.nextStatuses = [503];
  expect(await read()).toBe('value');
  proxy.swallow();
  await expect(read()).rejects.toThrow(/^cannot read the secret one: .*(timeout|aborted)/);
  proxy.forward();
  expect(await read()).toBe('value');
  proxy.close();
});

test('the error for a secret that does not exist is that of the service', async () => {
  const settings = { AWS_REGION: 'eu-central-1', SECRETS_ENDPOINT: server.url };
  await expect(readSecret('none', settings)).rejects.toThrow(
    'cannot read the secret none: ResourceNotFoundException: There is no such secret.',
  );
  expect(server.requestCount).toBe(1);
});

test('two sources of the password are refused', async () => {
  const both = { ...withSecret(freshSchema()), DATABASE_PASSWORD_FILE: '/run/secrets/password' };
  await expect(openDatabase(both)).rejects.toThrow(SettingsError);
});

function withSecret(role: Record<string, string>): Record<string, string> {
  return { ...role, DATABASE_SECRET_ID, SECRETS_ENDPOINT: server.url, DATABASE_POOL: '5' };
}

function urlWith(role: Record<string, string>, password: string): string {
  return Object.assign(new URL(role['DATABASE_URL'] ?? ''), { password }).href;
}

/** Eight clients that read in a loop. */
function startLoad({ source }: Postgres) {
  let isRunning = true;
  const counts = Array<number>(8).fill(0);
  const failures: unknown[] = [];
  const client = async (_: number, index: number) => {
    for (; isRunning; counts[index]! += 1) {
      await source.query('select 1').catch((failure: unknown) => failures.push(failure));
      await wait(5);
    }
  };
  const clients = counts.map(client);
  /** Waits until each client has made several calls from now on. */
  const progress = async () => {
    const before = [...counts];
    while (counts.some((count, index) => count < before[index]! + 3)) await wait(5);
  };
  return {
    progress,
    async stop() {
      await progress();
      isRunning = false;
      await Promise.all(clients);
      return { count: counts.reduce((sum, count) => sum + count, 0), failures };
    },
  };
}

async function endSessions({ DATABASE_SCHEMA }: Record<string, string>): Promise<void> {
  const sql = `select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`;
  await administrator.source.query(sql, [DATABASE_SCHEMA]);
}

async function openDatabase(variables: Record<string, string>): Promise<Postgres> {
  const database = await openPostgres(readSettings(schemaSettings, variables), { entities: [] });
  opened.push(database);
  return database;
}
