import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { startBackfill } from '@marquee/chassis/dynamodb/dynamo-backfill';
import { type Dynamo, openDynamo, tableSettings } from '@marquee/chassis/dynamodb/open-table';
import { openLog } from '@marquee/chassis/telemetry/log';
import { freshTable } from '@marquee/testkit/test-stores';

const log = openLog('chassis', 'test', 'silent');

let dynamo: Dynamo;
beforeAll(async () => {
  dynamo = await openDynamo(readSettings(tableSettings, freshTable()), {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
});
afterAll(() => dynamo.close());

test('closing ends the page that runs, and releases the lease', async () => {
  const leaseKey = { pk: 'closing' };
  let isStarted = false;
  const runPage = (stopping: AbortSignal) => {
    isStarted = true;
    return new Promise<boolean>((_, reject) => {
      stopping.addEventListener('abort', () => reject(new Error('The process stops.')));
    });
  };
  const backfill = startBackfill(dynamo, log, { name: 'things', leaseKey, runPage }, 0);
  await until(async () => isStarted && (await leaseOf(leaseKey)) !== undefined);
  await backfill.close();
  expect(await leaseOf(leaseKey)).toBeUndefined();
});

test('a service without the right to the work leaves it out', async () => {
  const leaseKey = { pk: 'denied' };
  let pages = 0;
  const runPage = () => {
    pages += 1;
    return Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
  };
  const backfill = startBackfill(dynamo, log, { name: 'things', leaseKey, runPage }, 0);
  await until(async () => pages === 1 && (await leaseOf(leaseKey)) === undefined);
  await backfill.close();
  expect(pages).toBe(1);
});

async function leaseOf(Key: { pk: string }): Promise<unknown> {
  return (await dynamo.documents.get({ TableName: dynamo.table, Key, ConsistentRead: true })).Item;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not hold within 30 seconds');
    await wait(20);
  }
}
