import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import {
  type Change,
  createLogTails,
  publishChange,
  streamLog,
  type WithCursor,
} from '@marquee/chassis/bus/change-log';
import { StreamPosition } from '@marquee/chassis/bus/stream-position';
import { readSettings } from '@marquee/chassis/config/settings';
import type { TransactWrite } from '@marquee/chassis/dynamodb/document-client';
import { type DynamoChangeLog, dynamoChangeLog, type NewChange } from '@marquee/chassis/dynamodb/dynamo-change-log';
import { type Dynamo, dynamoSettings, openDynamo, type TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { openLog } from '@marquee/chassis/telemetry/log';
import { freshTable } from '@marquee/testkit/test-stores';

const definition: TableDefinition = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
};

let dynamo: Dynamo;
const streams: { return?(): Promise<unknown> }[] = [];

beforeAll(async () => {
  const settings = readSettings(dynamoSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...freshTable() });
  dynamo = await openDynamo(settings, definition);
});
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.return?.();
});
afterAll(() => dynamo.close());

/** The log as a replica that has just started opens it. */
function openReplica(): DynamoChangeLog {
  return dynamoChangeLog(dynamo, {
    key: (stream, sequence) => ({ id: `${stream}#${sequence}` }),
    expiryAttribute: 'expiresAt',
  });
}

function put(id: string): TransactWrite {
  return { Put: { TableName: dynamo.table, Item: { id }, ConditionExpression: 'attribute_not_exists(id)' } };
}

function subjects(...names: string[]): NewChange[] {
  return names.map((subject) => ({ subject }));
}

function listen(stream: string, after: number | null, pollMs = 60_000, bus = createProcessBus()) {
  const options = { bus, log: openLog('test', '0', 'silent'), intervalMs: pollMs, safetyMs: pollMs };
  const load = (changes: readonly Change[]) => Promise.resolve(changes.map(({ subject }) => ({ subject })));
  const listening = streamLog(createLogTails(openReplica(), options), stream, { after, load });
  streams.push(listening);
  return listening;
}

type Result = ({ subject: string } & WithCursor) | StreamPosition;

async function take(listening: AsyncIterator<Result>, count: number): Promise<Result[]> {
  const results: Result[] = [];
  while (results.length < count) {
    const { done, value } = await listening.next();
    if (done) throw new Error('The stream has ended.');
    results.push(value);
  }
  return results;
}

test('replicas that append at the same time leave no hole, and a reader misses nothing', async () => {
  const listening = listen('race', 0, 20);
  const writers = Array.from({ length: 4 }, async (_, replica) => {
    const log = openReplica();
    for (let index = 0; index < 5; index += 1)
      expect(
        await log.write('race', subjects(`${replica} ${index} a`, `${replica} ${index} b`), [
          put(`race ${replica} ${index}`),
        ]),
      ).toBeNull();
  });
  const received = (await take(listening, 40)) as { subject: string; changeCursor: number }[];
  await Promise.all(writers);
  expect(received.map(({ changeCursor }) => changeCursor)).toEqual(received.map((_, index) => index + 1));
  expect(new Set(received.map(({ subject }) => subject)).size).toBe(40);
});

test('delivers more than 50 stored changes after a restart, then live ones', async () => {
  const log = openReplica();
  for (let from = 0; from < 120; from += 40)
    await log.write('pages', subjects(...Array.from({ length: 40 }, (_, index) => String(from + index + 1))), []);
  const bus = createProcessBus();
  const listening = listen('pages', 1, 60_000, bus);
  expect((await take(listening, 119)).map((event) => (event as WithCursor).changeCursor)).toEqual(
    Array.from({ length: 119 }, (_, index) => index + 2),
  );
  await log.write('pages', subjects('new'), []);
  publishChange(bus, 'pages');
  expect(await take(listening, 1)).toEqual([{ subject: 'new', changeCursor: 121 }]);
});

test('a write whose condition fails appends nothing, and names the writes', async () => {
  const log = openReplica();
  expect(await log.write('conditions', subjects('one'), [put('one')])).toBeNull();
  expect(await log.write('conditions', subjects('two', 'one'), [put('two'), put('one')])).toEqual(new Set([1]));
  expect(await log.read('conditions', 0, 10)).toEqual({ last: 1, changes: [{ sequence: 1, subject: 'one' }] });
  expect(await log.lastSequences(['conditions', 'none'])).toEqual(new Map([['conditions', 1]]));
});

test('reports a gap at once where changes are no longer stored', async () => {
  const log = openReplica();
  await log.write('old', subjects('a', 'b', 'c'), []);
  for (const sequence of [1, 2])
    await dynamo.documents.delete({ TableName: dynamo.table, Key: { id: `old#${sequence}` } });
  expect(await take(listen('old', 0), 2)).toEqual([new StreamPosition(2, true), { subject: 'c', changeCursor: 3 }]);
  await expect(take(listen('old', 4), 1)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT', cursor: 3 } });
});
