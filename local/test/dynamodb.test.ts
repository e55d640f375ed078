import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@marquee/testkit/ports';

const program = fileURLToPath(new URL('../dist/stores/dynamodb-main.js', import.meta.url));
let directory: string;
let port: number;
let store: ChildProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-dynamodb-'));
  port = await freePort();
});

afterAll(async () => {
  store.kill('SIGTERM');
  await once(store, 'exit');
  await rm(directory, { recursive: true, force: true });
});

test('acknowledged writes of the DynamoDB-compatible store survive SIGKILL', async () => {
  await launch();
  const key = { AttributeName: 'slug', AttributeType: 'S' };
  await request('CreateTable', {
    TableName: 'shows',
    AttributeDefinitions: [key],
    KeySchema: [{ AttributeName: 'slug', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await active();
  await request('PutItem', { TableName: 'shows', Item: { slug: { S: 'hamlet' } } });
  store.kill('SIGKILL');
  await once(store, 'exit');
  await launch();
  expect(await request('GetItem', { TableName: 'shows', Key: { slug: { S: 'hamlet' } } })).toEqual({
    Item: { slug: { S: 'hamlet' } },
  });
});

/** Waits until the table is active; like DynamoDB, the store creates tables asynchronously. */
async function active(): Promise<void> {
  const status = async () =>
    ((await request('DescribeTable', { TableName: 'shows' })) as { Table: { TableStatus: string } }).Table.TableStatus;
  while ((await status()) !== 'ACTIVE') await wait(5);
}

async function launch(): Promise<void> {
  store = spawn(process.execPath, [program], { env: { PORT: String(port), DIRECTORY: directory }, stdio: 'ignore' });
  for (;;) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    expect(store.exitCode).toBeNull();
    await wait(20);
  }
}

async function request(operation: string, input: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=a, Signature=a',
    },
    body: JSON.stringify(input),
  });
  expect(response.status).toBe(200);
  return response.json();
}
