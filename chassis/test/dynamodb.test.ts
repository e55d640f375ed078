import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScalarAttributeType } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { type Dynamo, dynamoSettings, openDynamo, type TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';

const definition: TableDefinition = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: ScalarAttributeType.S }],
};

const opened: Dynamo[] = [];
afterAll(() => opened.forEach((dynamo) => dynamo.close()));

test('replicas that start together create one table', async () => {
  const settings = read();
  const replicas = await Promise.all(Array.from({ length: 5 }, () => open(settings)));
  await replicas[0]?.documents.put({ TableName: settings.TABLE_NAME, Item: { id: 'a' } });
  await expect(replicas[4]?.check()).resolves.toBeUndefined();
});

test('a table of an earlier build gets the indexes that it lacks, with the items that it has', async () => {
  const settings = read();
  const { documents, table } = await open(settings);
  for (const id of ['a', 'b']) await documents.put({ TableName: table, Item: { id, kind: id === 'a' ? 'x' : 'y' } });
  const newer: TableDefinition = {
    ...definition,
    AttributeDefinitions: [
      ...(definition.AttributeDefinitions ?? []),
      { AttributeName: 'kind', AttributeType: ScalarAttributeType.S },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by_kind',
        KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
  const replicas = await Promise.all([1, 2, 3].map(() => open(settings, newer)));
  await replicas[0]?.documents.put({ TableName: table, Item: { id: 'c', kind: 'x' } });
  const query = { TableName: table, IndexName: 'by_kind', KeyConditionExpression: 'kind = :kind' };
  const found = await documents.query({ ...query, ExpressionAttributeValues: { ':kind': 'x' } });
  expect(found.Items?.map(({ id }) => id).sort()).toEqual(['a', 'c']);
});

test('a replica that finds the table still being created waits for it', async () => {
  const states = ['CREATING', 'CREATING', 'ACTIVE'];
  const creating = await openTableServer(() => ({ TableStatus: states.shift() ?? 'ACTIVE' }));
  await open(read({ DYNAMODB_ENDPOINT: creating.url }));
  expect(states).toEqual([]);
  creating.server.close();
});

test('fails for a missing table without CREATE_TABLE', async () => {
  await expect(open(read({ CREATE_TABLE: 'false' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('records every request with its operation, table and outcome', async () => {
  const { documents, table } = await open(read());
  const query = {
    TableName: table,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': 'secret' },
  };
  const { requests } = await observeStores(async () => {
    await documents.query(query);
    await documents.query({ ...query, IndexName: 'nowhere' }).catch(() => undefined);
  });
  expect(requests.map(({ statement, failed }) => [statement, failed])).toEqual([
    [`Query ${table}`, false],
    [`Query ${table} nowhere`, true],
  ]);
});

test('a read and a write that stay throttled fail with store errors, and the write as possibly stored', async () => {
  const settings = read();
  await open(settings);
  const busy = await openBusyTable();
  const { documents, table } = await open({ ...settings, CREATE_TABLE: false, DYNAMODB_ENDPOINT: busy.url });
  const Key = { id: 'a' };
  await expect(documents.get({ TableName: table, Key })).rejects.toMatchObject({
    name: 'StoreError',
    kind: 'unavailable',
  });
  await expect(documents.put({ TableName: table, Item: Key })).rejects.toMatchObject({
    name: 'StoreError',
    kind: 'unknown',
  });
  busy.server.close();
});

/** An active table that throttles all other requests. */
function openBusyTable() {
  return openTableServer(() => ({ TableStatus: 'ACTIVE' }));
}

/** A server that describes its table by `describe` and throttles all other requests. */
async function openTableServer(describe: () => object): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const isDescribe = String(request.headers['x-amz-target']).endsWith('.DescribeTable');
    const error = {
      __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      message: 'busy',
    };
    const body = isDescribe ? { Table: describe() } : error;
    request.resume().once('end', () => response.writeHead(isDescribe ? 200 : 400).end(JSON.stringify(body)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function open(settings: ReturnType<typeof read>, tableDefinition = definition): Promise<Dynamo> {
  const dynamo = await openDynamo(settings, tableDefinition);
  opened.push(dynamo);
  return dynamo;
}

function read(more: Record<string, string> = {}) {
  return readSettings(dynamoSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...freshTable(), ...more });
}
