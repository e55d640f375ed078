import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type OpenDocumentClient, openDocumentClient } from '@marquee/chassis/dynamodb/document-client';

interface StubAnswer {
  status?: number;
  body?: object | string;
  headers?: Record<string, string>;
}

/** The next responses of the store; with nothing left, an empty result. */
let answers: (StubAnswer | 'reset')[];
let requests: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[];
let expiresInMs: number;
let issued: number;
let server: Server;
let client: OpenDocumentClient;

beforeEach(async () => {
  [answers, requests, issued, expiresInMs] = [[], [], 0, 3_600_000];
  server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = await openDocumentClient(
    new DynamoDBClient({ region: 'eu-central-1', endpoint, credentials, maxAttempts: 3 }),
  );
});
afterEach(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

/** Temporary credentials, numbered. */
async function credentials() {
  issued += 1;
  const expiration = new Date(Date.now() + expiresInMs);
  return { accessKeyId: `key${issued}`, secretAccessKey: 'secret', sessionToken: `token${issued}`, expiration };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks = await request.toArray();
  requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
  const next = answers.shift() ?? {};
  if (next === 'reset') return void request.socket.destroy();
  const { status = 200, body = {}, headers = {} } = next;
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

function read() {
  return client.get({ TableName: 'table', Key: { id: 'a' } });
}

function write() {
  return client.put({ TableName: 'table', Item: { id: 'a' } });
}

function transact() {
  return client.transactWrite({ TransactItems: [{ Put: { TableName: 'table', Item: { id: 'a' } } }] });
}

function refusal(type: string, more: Partial<StubAnswer> = {}): StubAnswer {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' }, ...more };
}

test.each<[string, StubAnswer | 'reset']>([
  ['an internal error', { status: 500, body: { __type: 'com.amazon.coral.service#InternalServerError' } }],
  ['an answer of a proxy', { status: 503, body: '<html>busy</html>' }],
  ['a throttling error', refusal('ThrottlingException')],
  ['a transaction that is still in progress', refusal('TransactionInProgressException')],
  ['a connection that is reset', 'reset'],
  ['a wrong checksum', { body: { Item: { id: { S: 'b' } } }, headers: { 'x-amz-crc32': '1' } }],
])('repeats a request after %s', async (_, failure) => {
  answers = [failure, { body: { Item: { id: { S: 'a' } } } }];
  expect(await read()).toMatchObject({ Item: { id: 'a' }, $metadata: { attempts: 2 } });
  expect(requests).toHaveLength(2);
});

test('sends three attempts at most, and none after an error of the caller', async () => {
  answers = Array<StubAnswer>(5).fill({ status: 500 });
  await expect(read()).rejects.toMatchObject({ name: 'StoreError', kind: 'unavailable' });
  expect(requests).toHaveLength(3);
  answers = [refusal('ValidationException')];
  await expect(write()).rejects.toMatchObject({ name: 'ValidationException', message: 'no' });
  expect(requests).toHaveLength(4);
});

test('reports a write as unknown after a reset, and repeats a transaction with its token', async () => {
  answers = Array<'reset'>(3).fill('reset');
  await expect(write()).rejects.toMatchObject({ name: 'StoreError', kind: 'unknown' });
  answers = ['reset'];
  await transact();
  await transact();
  const tokens = requests.flatMap(({ body }) => (body['ClientRequestToken'] as string | undefined) ?? []);
  expect(tokens).toHaveLength(3);
  expect(tokens[0]).toBe(tokens[1]);
  expect(new Set(tokens).size).toBe(2);
});

test('accepts a response whose checksum is right', async () => {
  const body = JSON.stringify({ Item: { id: { S: 'größe' } } });
  answers = [{ body, headers: { 'x-amz-crc32': String(crc32(body)) } }];
  expect(await read()).toMatchObject({ Item: { id: 'größe' } });
});

test('keeps credentials while they are valid, and renews them before they expire', async () => {
  await read();
  await read();
  expect(issued).toBe(1);
  expect(requests[1]?.headers['x-amz-security-token']).toBe('token1');
  client.close();
  // The SDK renews credentials five minutes before they expire.
  expiresInMs = 60_000;
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = await openDocumentClient(new DynamoDBClient({ region: 'eu-central-1', endpoint, credentials }));
  await read();
  const before = requests.at(-1)?.headers['x-amz-security-token'];
  // The SDK is asked once a second.
  do await Promise.all([wait(200), read()]);
  while (requests.at(-1)?.headers['x-amz-security-token'] === before);
});

test('adopts the clock of the server when that of the machine is wrong', async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  answers = [refusal('InvalidSignatureException', { headers: { date } })];
  await read();
  const [wrong, right] = requests.map(({ headers }) => String(headers['x-amz-date']));
  expect(right?.slice(0, 11) === wrong?.slice(0, 11)).toBe(false);
  await read();
  expect(requests).toHaveLength(3);
});
