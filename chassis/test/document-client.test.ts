import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { type Dynamo, dynamoSettings, openDynamo, type TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { openReference, type Reference } from '@marquee/testkit/dynamodb-local';
import { freshTable } from '@marquee/testkit/test-stores';

const definition: TableDefinition = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
};

const values = {
  text: 'Größe 𝄞',
  empty: '',
  zero: 0,
  negative: -1.25,
  tiny: 1e-20,
  yes: true,
  no: false,
  nothing: null,
  list: ['a', 1, null, ['b'], { c: false }],
  map: { 'a.b': { deep: [1, 2] }, empty: {} },
  texts: new Set(['a', 'b']),
  numbers: new Set([1, 2.5]),
  bytes: new Uint8Array([0, 255, 10]),
};

const reference = await openReference();
if (typeof reference === 'string') process.stdout.write(`DynamoDB Local was not tested: ${reference}\n`);
afterAll(async () => {
  if (typeof reference !== 'string') await reference.close();
});

/** The stores that the client is compared on with that of the SDK. */
const stores: [name: string, reference: Reference | undefined][] = [
  ['the emulator', undefined],
  ...(typeof reference === 'string' ? [] : [['DynamoDB Local', reference] as [string, Reference]]),
];

describe.each(stores)('on %s', (_, store) => {
  let dynamo: Dynamo;
  let sdk: DynamoDBDocument;
  let TableName: string;

  beforeAll(async () => {
    const variables = { ...freshTable(), ...(store && { DYNAMODB_ENDPOINT: store.endpoint }) };
    const settings = readSettings(dynamoSettings, { PORT: '0', CALLER_KEYS: '{"keys":[]}', ...variables });
    dynamo = await openDynamo(settings, definition);
    TableName = dynamo.table;
    const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };
    const client = new DynamoDBClient({
      region: settings.AWS_REGION,
      endpoint: variables.DYNAMODB_ENDPOINT,
      credentials,
    });
    sdk = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  });
  afterAll(() => {
    dynamo.close();
    sdk.destroy();
  });

  test('stores and reads values as the SDK does', async () => {
    await dynamo.documents.put({ TableName, Item: { pk: 'values', sk: 1, ...values, left: undefined } });
    await sdk.put({ TableName, Item: { pk: 'values', sk: 2, ...values } });
    for (const client of [dynamo.documents, sdk])
      for (const sk of [1, 2])
        expect((await client.get({ TableName, Key: { pk: 'values', sk } })).Item).toEqual({
          pk: 'values',
          sk,
          ...values,
        });
  });

  test('rejects values that cannot be stored exactly', async () => {
    for (const value of [2 ** 60, NaN, Infinity, new Date(), () => 1, new Set()])
      await expect(dynamo.documents.put({ TableName, Item: { pk: 'a', sk: 1, value } })).rejects.toThrow(TypeError);
  });

  test('has the results of the SDK for reads and writes', async () => {
    expect(await results(dynamo.documents, 'ours')).toEqual(await results(sdk, 'ours'));
  });

  /** The results of a sequence of requests, which ends as it began. */
  async function results(client: Dynamo['documents'] | DynamoDBDocument, pk: string): Promise<unknown[]> {
    const found: object[] = [];
    for (const sk of [1, 2, 3]) found.push(await client.put({ TableName, Item: { pk, sk, name: `item ${sk}` } }));
    const page = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk }, Limit: 2 };
    const first = await client.query(page);
    found.push(first, await client.query({ ...page, ExclusiveStartKey: first.LastEvaluatedKey }));
    const Keys = [1, 2, 9].map((sk) => ({ pk, sk }));
    const { Responses, ...batch } = await client.batchGet({
      RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
    });
    found.push(
      batch,
      (Responses?.[TableName] ?? []).toSorted((one, other) => Number(one['sk']) - Number(other['sk'])),
    );
    const UpdateExpression = 'SET #name = :name ADD hits :one';
    const names = { ExpressionAttributeNames: { '#name': 'name' } };
    const changed = { UpdateExpression, ...names, ExpressionAttributeValues: { ':name': { a: [1] }, ':one': 1 } };
    found.push(await client.update({ TableName, Key: { pk, sk: 1 }, ...changed, ReturnValues: 'ALL_NEW' }));
    for (const sk of [1, 2, 3])
      found.push(await client.delete({ TableName, Key: { pk, sk }, ReturnValues: 'ALL_OLD' }));
    return found.map((one) => ({ ...one, $metadata: undefined }));
  }

  test('has the errors of the SDK', async () => {
    const Item = { pk: 'taken', sk: 1 };
    await dynamo.documents.put({ TableName, Item });
    const put = { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' };
    const transaction = { TransactItems: [{ Put: { TableName, Item: { pk: 'new', sk: 1 } } }, { Put: put }] };
    for (const client of [dynamo.documents, sdk]) {
      expect(await failureOf(client.put(put))).toMatchObject(clientFault('ConditionalCheckFailedException'));
      expect(await failureOf(client.get({ TableName, Key: { pk: 'a' } }))).toMatchObject(
        clientFault('ValidationException'),
      );
      expect(await failureOf(client.get({ TableName: 'none', Key: Item }))).toMatchObject(
        clientFault('ResourceNotFoundException'),
      );
      expect(await failureOf(client.transactWrite(transaction))).toMatchObject({
        ...clientFault('TransactionCanceledException'),
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
      });
    }
  });
});

function clientFault(name: string) {
  return { name, message: expect.any(String), $fault: 'client', $metadata: { httpStatusCode: 400 } };
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((failure: unknown) => failure);
}
