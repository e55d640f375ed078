import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { workHeader } from '@marquee/chassis/http/request-work';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { codeOf, post, type Reply } from './fixtures/transport-clients.js';

const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost"])
  type Query { cheap: String dear: String @cost(weight: 300) }`;

let server: Server;
let reported = '';
let gateway: Gateway | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (reported !== '') response.setHeader(workHeader, reported);
      response.setHeader('content-type', 'application/json').end('{"data":{"cheap":"yes","dear":"yes"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());
afterEach(async () => {
  await gateway?.close();
  reported = '';
});

async function open(variables: Record<string, string>): Promise<Gateway> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  gateway = await openGateway([{ name: 'steady', url, sdl }], variables);
  return gateway;
}

async function repeat({ url }: Gateway, query: string, times: number): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let turn = 0; turn < times; turn += 1) replies.push(await post(url, { query }));
  return replies;
}

function codes(replies: readonly Reply[]): unknown[] {
  return replies.map((reply) => codeOf(reply) ?? 'ok');
}

describe('the cost rate of an address', () => {
  // A burst of one second.
  const slow = { RATE_COST_PER_ADDRESS: '400', RATE_BURST_SECONDS: '1' };

  test('refuses an operation whose cost is not left, with retryAfterSeconds', async () => {
    reported = 'cpu=6;statements=1';
    const [first, second] = await repeat(await open(slow), '{ dear }', 2);
    expect(codeOf(first as Reply)).toBeUndefined();
    expect(second).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(second?.errors[0]?.extensions?.['retryAfterSeconds']).toBeGreaterThan(0);
  });

  test('charges an operation that turned out cheap by its work', async () => {
    reported = 'cpu=0.1;statements=1';
    expect(codes(await repeat(await open(slow), '{ dear }', 4))).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('charges a document that turned out dear by its work, up to four times its cost', async () => {
    reported = 'cpu=1000;statements=1';
    const replies = await repeat(await open({ ...slow, RATE_COST_PER_ADDRESS: '240' }), '{ cheap }', 6);
    expect(codes(replies)).toEqual(['ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  test('charges the work for deferred parts', async () => {
    reported = 'cpu=1000;statements=1';
    const { url } = await open({ ...slow, RATE_COST_PER_ADDRESS: '240' });
    const statuses: number[] = [];
    while (statuses.length < 4) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
        body: JSON.stringify({ query: '{ __typename ... @defer { cheap } }' }),
      });
      statuses.push(response.status);
      await response.text();
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  test.each(['cpu=-5;statements=x', 'nonsense', 'cpu=Infinity'])('ignores the malformed report %s', async (text) => {
    reported = text;
    expect(codes(await repeat(await open(slow), '{ cheap }', 3))).toEqual(['ok', 'ok', 'ok']);
  });

  test('does not send the report to the client', async () => {
    reported = 'cpu=1;statements=1';
    const { url } = await open(slow);
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [workHeader]: 'cpu=0;statements=0' },
      body: JSON.stringify({ query: '{ cheap }' }),
    });
    expect(await response.json()).toEqual({ data: { cheap: 'yes' } });
    expect(response.headers.get(workHeader)).toBeNull();
  });

  test('is not limited with a rate of 0', async () => {
    reported = 'cpu=1000;statements=1';
    const replies = await repeat(await open({ RATE_COST_PER_ADDRESS: '0' }), '{ dear }', 5);
    expect(codes(replies)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });
});
