import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { openPostgres, type Postgres } from '@marquee/chassis/postgres/open-database';
import { freshSchema } from '@marquee/testkit/test-stores';
import { migrations } from '@marquee/users/migrations';
import { environments } from '../src/environments.js';
import { handler } from '../src/functions/pre-token.js';
import { subgraphNames } from '../src/names.js';
import { activateCallerKey, createCallerKey, retireCallerKey, stageCallerKey } from '../src/secrets/caller-key.js';
import { provisionSchema, roleStatements, rotatePassword } from '../src/secrets/database-role.js';
import { rotateWebhookKey } from '../src/secrets/webhook-keys.js';
import { AwsAccount, storedSecrets } from './aws-account.js';

const { dev } = environments;

describe('a database role', () => {
  const opened: Postgres[] = [];
  afterAll(() => Promise.all(opened.map((database) => database.close())));

  test('can migrate its own schema, has no access to others, and can be created again', async () => {
    const { DATABASE_URL = '', DATABASE_SCHEMA = '' } = freshSchema();
    const administrator = await open(DATABASE_URL, DATABASE_SCHEMA);
    const role = `r_${randomBytes(8).toString('hex')}`;
    for (const password of ['former', 'secret'])
      for (const statement of roleStatements(role, password)) await administrator.source.query(statement);

    const address = Object.assign(new URL(DATABASE_URL), { username: role, password: 'secret' });
    const { source } = await open(address.href, role);
    expect(await source.query('select count(*) from users')).toEqual([{ count: '0' }]);
    for (const forbidden of [
      `select * from "${DATABASE_SCHEMA}".users`,
      'create table public.mine (id int)',
      `create schema "${role}_more"`,
    ])
      await expect(source.query(forbidden)).rejects.toThrow(/permission denied/);
  });

  async function open(DATABASE_URL: string, DATABASE_SCHEMA: string): Promise<Postgres> {
    const settings = { DATABASE_URL, DATABASE_SCHEMA, DATABASE_POOL: 2 };
    const database = await openPostgres(settings, { entities: [], migrations });
    opened.push(database);
    return database;
  }

  test('gets a new password in the secret before it gets it in the database, where services then fail to connect', async () => {
    const account = new AwsAccount();
    await rotatePassword(account.aws, dev, 'users');
    expect(account.calls.map(([operation]) => operation)).toEqual([
      'describe-db-clusters',
      'put-secret-value',
      'execute-statement',
    ]);
    const { password } = new URL(account.secret('marquee/dev/users/database-url'));
    expect(account.calls.at(-1)?.[1].sql).toBe(`alter role "users" with login password '${password}'`);
  });

  test('is created through the RDS Data API, and its URL requires a verified server certificate', async () => {
    const account = new AwsAccount();
    await provisionSchema(account.aws, dev, 'jobs');
    const statements = account.calls.filter(([operation]) => operation === 'execute-statement');
    const sent = statements.map(([, input]) => [input.resourceArn, input.secretArn, input.database]);
    expect(new Set(sent.map(String))).toEqual(new Set(['cluster,administrator,marquee']));
    const address = account.secret('marquee/dev/jobs/database-url');
    expect(address).toMatch(/^postgres:\/\/jobs:[0-9a-f]{64}@writer:5432\/marquee\?sslmode=verify-full$/);
  });
});

describe('caller keys', () => {
  const account = new AwsAccount();
  const signing = (stage = 'AWSCURRENT') => account.secret('marquee/dev/gateway/caller-signing-key', stage);
  const kidOf = (key: string) => (JSON.parse(key) as { kid: string }).kid;
  const published = () => JSON.parse(account.parameter).keys.map(({ kid }: { kid: string }) => kid);
  const restart = (...services: string[]) => services.forEach((service) => account.restart(service));
  let first: string;

  test('are published before they sign, and every earlier one stays published', async () => {
    restart(...subgraphNames, 'gateway');
    await createCallerKey(account.aws, dev);
    first = kidOf(signing());
    expect(published()).toEqual([first]);
    await stageCallerKey(account.aws, dev);
    await stageCallerKey(account.aws, dev);
    expect(kidOf(signing())).toBe(first);
    expect(published()).toEqual([kidOf(signing('AWSPENDING')), expect.any(String), first]);
    expect(account.parameter).not.toContain('"d"');
  });

  test('sign only once every task of the subgraphs accepts them', async () => {
    await expect(activateCallerKey(account.aws, dev)).rejects.toThrow(`Tasks of ${subgraphNames.join(', ')} are older`);
    restart(...subgraphNames.slice(1));
    await expect(activateCallerKey(account.aws, dev)).rejects.toThrow(`Tasks of ${subgraphNames[0]} are older`);
    restart(...subgraphNames);
    await activateCallerKey(account.aws, dev);
    expect(kidOf(signing())).toBe(published()[0]);
  });

  test('sign only if they are published', async () => {
    const before = account.parameter;
    await stageCallerKey(account.aws, dev);
    account.parameter = before;
    restart(...subgraphNames);
    await expect(activateCallerKey(account.aws, dev)).rejects.toThrow('is not published');
    account.setSecret('marquee/dev/gateway/caller-signing-key', signing(), 'AWSPENDING');
  });

  test('are retired only when no gateway signs with them', async () => {
    await expect(retireCallerKey(account.aws, dev)).rejects.toThrow(`Name a published key: ${published().join(', ')}`);
    await expect(retireCallerKey(account.aws, dev, published()[0])).rejects.toThrow('with which the gateway signs');
    await expect(retireCallerKey(account.aws, dev, first)).rejects.toThrow('Tasks of gateway are older');
    restart('gateway');
    await retireCallerKey(account.aws, dev, first);
    expect(published()).toEqual([kidOf(signing()), expect.any(String)]);
    expect(published()).not.toContain(first);
  });
});

test('a new key of webhooks keeps the one before until no task and no secret needs it', async () => {
  const account = new AwsAccount();
  const name = 'marquee/dev/jobs/webhook-keys';
  const oldest = 'a1B2'.repeat(16);
  account.setSecret(name, oldest);
  account.restart('jobs');
  await rotateWebhookKey(account.aws, dev);
  const [first = '', before] = account.secret(name).split(',');
  expect([Buffer.from(first, 'base64').length, before]).toEqual([48, oldest]);
  await expect(rotateWebhookKey(account.aws, dev)).rejects.toThrow('Tasks of jobs are older than the key');
  account.restart('jobs');
  // Nothing was encrypted again, so that all secrets have one key: the one that would be removed.
  for (const records of [[storedSecrets(oldest, 2)], [storedSecrets(first, 5), storedSecrets(oldest, 1)]]) {
    account.responses = { 'execute-statement': () => ({ records }) };
    await expect(rotateWebhookKey(account.aws, dev)).rejects.toThrow('encrypted with the key that would be removed');
    expect(account.secret(name)).toBe(`${first},${oldest}`);
  }
  // One that is derived needs no key, and one with an unknown key does not need the one that is removed.
  const records = [
    storedSecrets(first, 5),
    storedSecrets('c3D4'.repeat(16), 1),
    [{ stringValue: '' }, { longValue: 1 }],
  ];
  account.responses = { 'execute-statement': () => ({ records }) };
  await rotateWebhookKey(account.aws, dev);
  expect(account.secret(name).split(',')).toEqual([expect.not.stringContaining(first), first]);
});

test('a random secret of 64 letters and digits is a valid key for media ids', () => {
  const ids = createOwnedIds(Buffer.from('a1B2'.repeat(16), 'base64'));
  const owner = '019a0000-0000-7000-8000-000000000001';
  expect(ids.belongsTo(ids.make(owner, 'AVATAR'), owner, 'AVATAR')).toBe(true);
});

test('the email is added to access tokens only once it is verified', async () => {
  const added = async (userAttributes: Record<string, string>) => {
    const { response } = await handler({ request: { userAttributes }, response: {} });
    return response;
  };
  const claims = (claimsToAddOrOverride: object) => ({
    claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } },
  });
  expect(await added({ email: 'a@example.com', email_verified: 'true' })).toEqual(claims({ email: 'a@example.com' }));
  expect(await added({ email: 'a@example.com', email_verified: 'false', name: 'A' })).toEqual(claims({ name: 'A' }));
});

test('the bundled media function needs no other file: it gets as far as connecting to the database', async () => {
  const lambda = await mkdtemp(join(tmpdir(), 'lambda-'));
  await mkdir(join(lambda, 'node_modules'));
  await symlink(
    fileURLToPath(new URL('../../node_modules/sharp', import.meta.url)),
    join(lambda, 'node_modules/sharp'),
  );
  await cp(new URL('../dist/assets/media/index.mjs', import.meta.url), join(lambda, 'index.mjs'));
  const call = `import('${lambda}/index.mjs').then(({ handler }) => handler({ Records: [] }))`;
  const env = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    DATABASE_SCHEMA: 'users',
    MEDIA_STORAGE: 's3',
    MEDIA_BUCKET: 'media',
    MEDIA_PUBLIC_URL: 'https://media.example.com',
    MEDIA_DISTRIBUTION_ID: 'E2EXAMPLE12345',
    COGNITO_USER_POOL_ID: 'eu-central-1_Example1',
  };
  const running = promisify(execFile)(process.execPath, ['--eval', call], { env });
  await expect(running).rejects.toThrow('connect ECONNREFUSED 127.0.0.1:1');
  await rm(lambda, { recursive: true });
});
