import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ScalarAttributeType } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { type Dynamo, dynamoSettings, openDynamo } from '@marquee/chassis/dynamodb/open-table';
import { storeErrorOf } from '@marquee/chassis/errors/store-error';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { Cancellation, createRequestScope, runInScope } from '@marquee/chassis/telemetry/request-scope';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import { freshSchema, freshTable } from '@marquee/testkit/test-stores';

/** How long a store is silent, in milliseconds. */
const silenceMs = 6_000;

/** Deadline of each request, as the gateway sets it. */
const deadlineMs = 2_000;

describe('Postgres', () => {
  let folder: string;
  let proxy: TcpProxy;
  let database: Postgres;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'silent-'));
    await writeFile(join(folder, '0001_thing.sql'), 'create table thing (id int primary key);');
    const schema = freshSchema();
    proxy = await openTcpProxy(schema['DATABASE_URL'] ?? '');
    const settings = readSettings(schemaSettings, { ...schema, DATABASE_URL: proxy.url, DATABASE_POOL: '5' });
    database = await openPostgres(settings, { entities: [], migrations: pathToFileURL(`${folder}/`) });
  });
  afterEach(() => proxy.forward());
  afterAll(async () => {
    await database.close();
    proxy.close();
    await rm(folder, { recursive: true });
  });

  test('every request ends at its deadline while it is silent, and succeeds soon after it is back', async () => {
    await expectRecovery(proxy, () => database.source.query('select 1'));
    await database.check();
  });

  test('writes that were not confirmed are reported as unknown, and no transaction is left open', async () => {
    await database.source.query('select 1');
    proxy.swallow();
    const write = () => database.source.query('insert into thing values (1)');
    expect(storeErrorOf(await failureOf(write))?.kind).toBe('unknown');
    const transaction = () => database.source.transaction((manager) => manager.query('insert into thing values (2)'));
    expect(storeErrorOf(await failureOf(transaction))?.kind).toMatch(/unavailable|deadline/);
    proxy.forward();
    await wait(100);
    expect(await database.source.query('select * from thing where id = 2')).toEqual([]);
  });

  test('a process that closes does not wait for it, whether or not a statement is running', async () => {
    const schema = freshSchema();
    const settings = readSettings(schemaSettings, {
      ...schema,
      DATABASE_URL: proxy.url,
      DATABASE_STATEMENT_SECONDS: '1',
    });
    const closing = await openPostgres(settings, { entities: [], migrations: pathToFileURL(`${folder}/`) });
    await Promise.all([1, 2].map(() => closing.source.query('select 1')));
    proxy.swallow();
    const running = closing.source.query('select pg_sleep(20)').catch(() => 'failed');
    await wait(50);
    const closed = closing.close().then(() => 'closed');
    expect(await closed).toBe('closed');
    expect(await running).toBe('failed');
  });

  test('the first connection is opened again after a time-out, with a new attempt', async () => {
    const variables = { ...freshSchema(), DATABASE_URL: proxy.url };
    const before = proxy.connectionCount();
    proxy.swallow();
    const opening = openPostgres(readSettings(schemaSettings, variables), { entities: [] });
    // Its failure is reported below.
    opening.catch(() => undefined);
    for (const deadline = Date.now() + 60_000; proxy.connectionCount() < before + 2 && Date.now() < deadline;)
      await wait(50);
    proxy.forward();
    const opened = await opening;
    expect(await opened.source.query('select 1 as one')).toEqual([{ one: 1 }]);
    await opened.close();
  });

  test('connections that are reset are replaced without an error for readers', async () => {
    await database.source.query('select 1');
    proxy.reset();
    expect(await Promise.all([1, 2, 3].map(() => database.source.query('select 1 as one')))).toEqual(
      [1, 2, 3].map(() => [{ one: 1 }]),
    );
  });
});

describe('DynamoDB', () => {
  let proxy: TcpProxy;
  let dynamo: Dynamo;
  beforeAll(async () => {
    const table = freshTable();
    proxy = await openTcpProxy(table['DYNAMODB_ENDPOINT'] ?? '');
    const environment = { ...table, DYNAMODB_ENDPOINT: proxy.url, PORT: '0', CALLER_KEYS: '{"keys":[]}' };
    dynamo = await openDynamo(readSettings(dynamoSettings, environment), {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: ScalarAttributeType.S }],
    });
  });
  afterEach(() => proxy.forward());
  afterAll(() => {
    dynamo.close();
    proxy.close();
  });

  test('every request ends at its deadline while it is silent, and succeeds soon after it is back', async () => {
    await expectRecovery(proxy, () => read('a'));
    await dynamo.check();
  });

  test('a write whose caller leaves is either stored and confirmed, or neither', async () => {
    const writes = Array.from({ length: 40 }, async (_, at) => {
      const { cancellation, work } = scoped(() => write(`w${at}`));
      await wait(at % 8);
      cancellation.cancel();
      return work.then(
        () => true,
        (failure: unknown) => storeErrorOf(failure)?.kind,
      );
    });
    const outcomes = await Promise.all(writes);
    expect(outcomes.filter((outcome) => outcome !== true && outcome !== 'deadline')).toEqual([]);
    const stored = await Promise.all(outcomes.map((_, at) => read(`w${at}`)));
    expect(stored.map(({ Item }) => Item !== undefined)).toEqual(outcomes.map((outcome) => outcome === true));
  });

  test('starts no request for a caller who has left', async () => {
    const failure: unknown = await scoped(() => write('refused'), true).work.catch((error: unknown) => error);
    expect(storeErrorOf(failure)?.kind).toBe('deadline');
    expect((await read('refused')).Item).toBeUndefined();
  });

  test('a write that the table did not confirm is reported as unknown', async () => {
    await read('a');
    proxy.swallow();
    const failure = await failureOf(() => write('silent'));
    expect(storeErrorOf(failure)?.kind).toBe('unknown');
  });

  test('connections that are reset are replaced without an error', async () => {
    await read('a');
    proxy.reset();
    await expect(read('a')).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  function read(id: string) {
    return dynamo.documents.get({ TableName: dynamo.table, Key: { id } });
  }

  function write(id: string) {
    return dynamo.documents.put({ TableName: dynamo.table, Item: { id } });
  }
});

/** Clients with requests in flight before, during and after a silence. */
const clientCount = 12;

/** The silence lasts until requests of all clients have ended, and then until all clients have several successes in a row. */
async function expectRecovery(proxy: TcpProxy, request: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: 20 }, request));
  proxy.swallow();
  const silentFrom = performance.now();
  const kinds = new Set<unknown>();
  const ended = Array<number>(clientCount).fill(0);
  const hasEndedInSilence = () => performance.now() - silentFrom > silenceMs && Math.min(...ended) >= 2;
  const client = async (_: unknown, index: number) => {
    for (let inARow = 0; inARow < 5; await wait(50)) {
      const kind = await withDeadline(request).then(() => undefined, kindOf);
      kinds.add(kind);
      ended[index]! += 1;
      inARow = kind === undefined ? inARow + 1 : 0;
    }
  };
  const clients = Promise.all(ended.map(client));
  while (!hasEndedInSilence()) await wait(50);
  expect([...kinds].filter((kind) => kind !== 'deadline' && kind !== 'unavailable')).toEqual([]);
  proxy.forward();
  await clients;
  expect([...kinds].filter((kind) => !['deadline', 'unavailable', undefined].includes(kind as string))).toEqual([]);
}

function kindOf(failure: unknown): string {
  return storeErrorOf(failure)?.kind ?? String(failure);
}

function withDeadline<Result>(work: () => Promise<Result>): Promise<Result> {
  const { cancellation, work: result } = scoped(work);
  const timer = setTimeout(() => cancellation.cancel(), deadlineMs);
  return result.finally(() => clearTimeout(timer));
}

function scoped<Result>(work: () => Promise<Result>, isCancelled = false) {
  const cancellation = new Cancellation();
  cancellation.deadlineAt = performance.now() + deadlineMs;
  if (isCancelled) cancellation.cancel();
  return { cancellation, work: runInScope({ ...createRequestScope(undefined), cancellation }, work) };
}

function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  return withDeadline(work).catch((failure: unknown) => failure);
}
