import { ScalarAttributeType } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
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
  await replicas[0]?.documents.send(new PutCommand({ TableName: settings.TABLE_NAME, Item: { id: 'a' } }));
  await expect(replicas[4]?.check()).resolves.toBeUndefined();
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
    await documents.send(new QueryCommand(query));
    await documents.send(new QueryCommand({ ...query, IndexName: 'nowhere' })).catch(() => undefined);
  });
  expect(requests.map(({ statement, failed }) => [statement, failed])).toEqual([
    [`Query ${table}`, false],
    [`Query ${table} nowhere`, true],
  ]);
});

async function open(settings: ReturnType<typeof read>): Promise<Dynamo> {
  const dynamo = await openDynamo(settings, definition);
  opened.push(dynamo);
  return dynamo;
}

function read(more: Record<string, string> = {}) {
  return readSettings(dynamoSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...freshTable(), ...more });
}
