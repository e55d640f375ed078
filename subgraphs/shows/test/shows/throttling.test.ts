import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { importItems, item, openShows } from '../fixtures/shows-testbed.js';

/** The requests that the throttling store rejects next. */
const busy = { writes: 0, reads: 0, keys: false };

type Body = Record<string, unknown>;

/** A proxy in front of the real store that throttles requests and leaves keys of a batch unprocessed. */
async function openThrottlingStore(endpoint: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => void answer(endpoint, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

async function answer(endpoint: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
  const operation = String(request.headers['x-amz-target']).split('.')[1];
  if (operation === 'TransactWriteItems' && busy.writes-- > 0) return throttle(response);
  if (operation === 'BatchGetItem' && busy.reads-- > 0) return throttle(response);
  const unprocessed = operation === 'BatchGetItem' && busy.keys ? skipHalf(body) : {};
  const result = await forward(endpoint, request, body);
  const text = JSON.stringify({ ...((await result.json()) as Body), ...unprocessed });
  response.writeHead(result.status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
}

function forward(endpoint: string, { headers }: IncomingMessage, body: Body): Promise<Response> {
  const {
    'content-type': type = '',
    'x-amz-target': target = '',
    authorization = '',
    'x-amz-date': date = '',
  } = headers;
  const sent = { 'content-type': type, 'x-amz-target': String(target), authorization, 'x-amz-date': String(date) };
  return fetch(endpoint, { method: 'POST', headers: sent, body: JSON.stringify(body) });
}

function skipHalf(body: Body): Body {
  const [table, { Keys }] = Object.entries(body['RequestItems'] as Record<string, { Keys: unknown[] }>)[0] ?? [
    '',
    { Keys: [] },
  ];
  if (Keys.length < 2) return {};
  const left = Keys.splice(Math.ceil(Keys.length / 2));
  return { UnprocessedKeys: { [table]: { Keys: left } } };
}

function throttle(response: ServerResponse): void {
  const __type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
  response
    .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify({ __type, message: 'Slow down' }));
}

describe('an import into a throttling store', () => {
  let shows: TestService;
  let store: { url: string; close(): void };
  beforeAll(async () => {
    const table = freshTable();
    store = await openThrottlingStore(table['DYNAMODB_ENDPOINT'] ?? '');
    shows = await openShows({ ...table, DYNAMODB_ENDPOINT: store.url });
  });
  afterAll(async () => {
    await shows.close();
    store.close();
  });

  test('succeeds when writes are throttled longer than the SDK retries', async () => {
    busy.writes = 6;
    busy.reads = 1;
    expect(await importItems(shows, [item('patient')])).toMatchObject([{ __typename: 'ShowCreated' }]);
    expect(busy.writes).toBeLessThan(0);
  });

  test('requests unprocessed keys again', async () => {
    await importItems(shows, [item('k1'), item('k2'), item('k3'), item('k4')]);
    busy.keys = true;
    const again = await importItems(shows, [item('k1'), item('k2'), item('k3'), item('k4'), item('k5')]);
    busy.keys = false;
    expect(again.map(({ __typename }) => __typename)).toEqual([...Array(4).fill('ShowConflict'), 'ShowCreated']);
  });
});
