import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextMacrotask, setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { db, type LevelIterator, type Store } from '../src/stores/dynalite.js';
import { closeIteratorsAfterUse } from '../src/stores/iterators.js';
import { type Body, getOperation } from '../src/stores/operations.js';

const title = { S: 'Hamlet' };
const opened: LevelIterator[] = [];
let directory: string;
let store: Store;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-iterators-'));
  store = db.create({ path: directory, createTableMs: 0 });
  const values = store.db.values.bind(store.db);
  store.db.values = (options) => {
    const iterator = values(options);
    opened.push(iterator);
    return iterator;
  };
  closeIteratorsAfterUse(store);
  await runOperation('CreateTable', {
    AttributeDefinitions: ['title', 'act'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'title', KeyType: 'HASH' },
      { AttributeName: 'act', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
  while (((await runOperation('DescribeTable', {})) as Described).Table.TableStatus !== 'ACTIVE') await wait(5);
  for (const act of ['1', '2', '3']) await runOperation('PutItem', { Item: { title, act: { S: act } } });
});

afterAll(async () => {
  await new Promise<void>((resolve) => store.lifecycleManager.gracefulClose(() => resolve()));
  await rm(directory, { recursive: true, force: true });
});

const everything = {
  Scan: {},
  Query: { KeyConditionExpression: 'title = :title', ExpressionAttributeValues: { ':title': title } },
};

test.each(['Query', 'Scan'] as const)(
  'the DynamoDB-compatible store closes the iterators of a %s after its response',
  async (name) => {
    opened.length = 0;
    expect(await runOperation(name, { ...everything[name], Limit: 2 })).toMatchObject({ Count: 2 });
    await nextMacrotask();
    expect(opened).not.toHaveLength(0);
    for (const iterator of opened)
      await expect(iterator.next()).rejects.toMatchObject({ code: 'LEVEL_ITERATOR_NOT_OPEN' });
  },
);

interface Described {
  Table: { TableStatus: string };
}

function runOperation(name: string, input: Body): Promise<unknown> {
  const operation = getOperation(name);
  return operation.run(store, operation.validate(store, { TableName: 'plays', ...input }));
}
