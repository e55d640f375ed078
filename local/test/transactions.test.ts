import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openReference, type Reference } from '@marquee/testkit/dynamodb-local';
import { openDynamodb } from '../src/stores/dynamodb.js';
import { request, type StoreAnswer } from './stores/dynamodb-request.js';

/** The suite runs against the embedded store and Amazon's emulator, so that both follow the same contract. */
const reference = await openReference();
if (typeof reference === 'string')
  process.stderr.write(`transactions: the comparison with DynamoDB Local is skipped: ${reference}.\n`);

const stores: [string, () => Promise<Reference>][] = [
  ['the embedded store', () => openDynamodb({ port: 0 })],
  ...(typeof reference === 'string'
    ? []
    : [['DynamoDB Local', async () => reference] as [string, () => Promise<Reference>]]),
];

describe.each(stores)('a transaction on %s', (_, open) => {
  const TableName = `accounts-${randomUUID()}`;
  let store: Reference;
  beforeAll(async () => {
    store = await open();
    await send('CreateTable', {
      TableName,
      AttributeDefinitions: ['pk', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-owner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
  afterAll(() => store.close());

  const send = (operation: string, input: object): Promise<StoreAnswer> => request(store.endpoint, operation, input);
  const write = (items: object[], more: object = {}) => send('TransactWriteItems', { TransactItems: items, ...more });
  const put = (pk: string, more: object = {}) => ({ Put: { TableName, Item: { pk: { S: pk }, ...more } } });
  const putNew = (pk: string, more: object = {}) => ({
    Put: { ...put(pk).Put, ConditionExpression: 'attribute_not_exists(pk)', ...more },
  });
  const key = (pk: string) => ({ TableName, Key: { pk: { S: pk } } });
  const itemOf = async (pk: string) => (await send('GetItem', { ...key(pk), ConsistentRead: true })).body.Item;
  const add = (pk: string) => ({
    Update: {
      ...key(pk),
      UpdateExpression: 'SET #n = if_not_exists(#n, :zero) + :one',
      ExpressionAttributeNames: { '#n': 'n' },
      ExpressionAttributeValues: { ':one': { N: '1' }, ':zero': { N: '0' } },
    },
  });

  test('puts, updates, deletes and checks items atomically, including indexes', async () => {
    await write([put('a', { owner: { S: 'x' } }), put('b', { owner: { S: 'x' } }), put('c')]);
    const response = await write([
      { Update: { ...add('a').Update } },
      { Delete: key('b') },
      { ConditionCheck: { ...key('c'), ConditionExpression: 'attribute_exists(pk)' } },
      put('d', { owner: { S: 'x' } }),
    ]);
    expect(response).toEqual({ status: 200, body: {} });
    const { body } = await send('Query', {
      TableName,
      IndexName: 'by-owner',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': { S: 'x' } },
    });
    const found = (body.Items as { pk: { S: string }; n?: object }[]).sort((one, other) =>
      one.pk.S < other.pk.S ? -1 : 1,
    );
    expect(found).toEqual([
      { pk: { S: 'a' }, owner: { S: 'x' }, n: { N: '1' } },
      { pk: { S: 'd' }, owner: { S: 'x' } },
    ]);
    expect(await itemOf('c')).toEqual({ pk: { S: 'c' } });
  });

  test('changes nothing when a condition fails, and returns a reason for each item', async () => {
    await write([put('taken', { n: { N: '7' } })]);
    const response = await write([
      put('not-written'),
      putNew('taken', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      { ConditionCheck: { ...key('absent'), ConditionExpression: 'attribute_exists(pk)' } },
    ]);
    expect(response.status).toBe(400);
    expect(response.body.__type).toBe('com.amazonaws.dynamodb.v20120810#TransactionCanceledException');
    expect(response.body.message ?? response.body.Message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed, ConditionalCheckFailed]',
    );
    const failed = { Code: 'ConditionalCheckFailed', Message: expect.stringContaining('conditional request failed') };
    expect(response.body.CancellationReasons).toEqual([
      { Code: 'None' },
      { ...failed, Item: { pk: { S: 'taken' }, n: { N: '7' } } },
      failed,
    ]);
    expect(await itemOf('not-written')).toBeUndefined();
  });

  test('returns the item of a failed condition on request only', async () => {
    await write([put('hidden', { n: { N: '7' } })]);
    const { body } = await write([putNew('hidden')]);
    expect(body.CancellationReasons).toEqual([
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ]);
  });

  test('changes nothing when an update is invalid for its item', async () => {
    await write([put('text', { n: { S: 'seven' } })]);
    const { status, body } = await write([put('beside'), add('text')]);
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('Validation')]);
    expect(await itemOf('beside')).toBeUndefined();
  });

  test('takes effect once per token and rejects the token with other items', async () => {
    const ClientRequestToken = randomUUID();
    const responses = await Promise.all([1, 2, 3].map(() => write([add('counter')], { ClientRequestToken })));
    expect(responses.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect((await write([add('counter')], { ClientRequestToken })).status).toBe(200);
    expect(await itemOf('counter')).toEqual({ pk: { S: 'counter' }, n: { N: '1' } });
    const { body } = await write([add('other')], { ClientRequestToken });
    expect(body.__type).toContain('#IdempotentParameterMismatchException');
  });

  test('may be retried with the same token after a cancellation', async () => {
    const ClientRequestToken = randomUUID();
    const items = [{ Delete: { ...key('later'), ConditionExpression: 'attribute_exists(pk)' } }];
    expect((await write(items, { ClientRequestToken })).status).toBe(400);
    await write([put('later')]);
    expect((await write(items, { ClientRequestToken })).status).toBe(200);
  });

  test.each([
    ['no item', []],
    ['more than 100 items', Array.from({ length: 101 }, (__, at) => put(`many-${at}`))],
    ['two operations on one item', [put('same'), { Delete: key('same') }]],
    ['an item with two operations', [{ ...put('one'), Delete: key('two') }]],
    ['an item without an operation', [{}]],
    ['a key that does not match the schema', [{ Delete: { TableName, Key: { pk: { S: 'x' }, sk: { S: 'y' } } } }]],
    ['an invalid expression', [{ Delete: { ...key('x'), ConditionExpression: 'nonsense(' } }]],
  ])('with %s is a ValidationException', async (__, items) => {
    const { status, body } = await write(items);
    expect(status).toBe(400);
    expect(String(body.__type)).toMatch(/#(ValidationException|TransactionCanceledException)$/);
    expect(JSON.stringify(body)).toContain('Validation');
  });

  test('accepts 100 items', async () => {
    const items = Array.from({ length: 100 }, (__, at) => put(`hundred-${at}`));
    expect((await write(items)).status).toBe(200);
    expect(await itemOf('hundred-99')).toEqual({ pk: { S: 'hundred-99' } });
  });

  test('is rejected for a missing table', async () => {
    const { status, body } = await write([{ Delete: { ...key('x'), TableName: 'nowhere' } }]);
    expect([status, body.__type]).toEqual([400, expect.stringContaining('#ResourceNotFoundException')]);
  });

  test('keeps the total when 20 concurrent ones move the same amount', async () => {
    await write([put('left', { n: { N: '100' } }), put('right', { n: { N: '0' } })]);
    const move = [by('left', '-1'), by('right', '1')];
    const until = async (): Promise<void> => {
      if ((await write(move)).status !== 200) await until();
    };
    await Promise.all(Array.from({ length: 20 }, until));
    const { body } = await send('TransactGetItems', { TransactItems: [{ Get: key('left') }, { Get: key('right') }] });
    expect(body.Responses).toMatchObject([{ Item: { n: { N: '80' } } }, { Item: { n: { N: '20' } } }]);
  });

  test('reads items in order, including missing ones', async () => {
    await write([put('read', { n: { N: '1' }, m: { N: '2' } })]);
    const { body } = await send('TransactGetItems', {
      TransactItems: [{ Get: key('unread') }, { Get: { ...key('read'), ProjectionExpression: 'm' } }],
    });
    expect(body.Responses).toEqual([{}, { Item: { m: { N: '2' } } }]);
  });

  function by(pk: string, amount: string): object {
    return {
      Update: {
        ...key(pk),
        UpdateExpression: 'ADD n :by',
        ExpressionAttributeValues: { ':by': { N: amount } },
      },
    };
  }
});
