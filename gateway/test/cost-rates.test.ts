import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { workHeader } from '@marquee/chassis/http/request-work';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openPeople } from './fixtures/people-subgraph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';
import { codeOf, post, type Reply } from './fixtures/transport-clients.js';

const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost"])
  type Query { cheap: String dear(of: Int): String @cost(weight: 300) }`;

let server: Server;
let reported = '';
/** Milliseconds after which the service responds, and the most requests that it had at a time. */
let delayMs = 0;
let mostAtOnce = 0;
let gateway: Gateway | undefined;

beforeAll(async () => {
  let requests = 0;
  const respond = async (response: ServerResponse): Promise<void> => {
    mostAtOnce = Math.max(mostAtOnce, (requests += 1));
    await wait(delayMs);
    requests -= 1;
    if (reported !== '') response.setHeader(workHeader, reported);
    response.setHeader('content-type', 'application/json').end('{"data":{"cheap":"yes","dear":"yes"}}');
  };
  server = createServer((request, response) => void request.resume().on('end', () => void respond(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());
afterEach(async () => {
  await gateway?.close();
  [reported, delayMs, mostAtOnce] = ['', 0, 0];
});

async function open(variables: Record<string, string>, others: Subgraph[] = []): Promise<Gateway> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  gateway = await openGateway([{ name: 'steady', url, sdl }, ...others], variables);
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
  // A burst of 100 seconds: nearly nothing is added while a test runs.
  const slow = { RATE_COST_PER_ADDRESS: '4', RATE_BURST_SECONDS: '100' };

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
    const replies = await repeat(await open({ ...slow, RATE_COST_PER_ADDRESS: '2.4' }), '{ cheap }', 6);
    expect(codes(replies)).toEqual(['ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  test('charges the work for deferred parts', async () => {
    reported = 'cpu=1000;statements=1';
    const { url } = await open({ ...slow, RATE_COST_PER_ADDRESS: '2.4' });
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

  test.each([
    ['ok', '{ cheap }'],
    ['BAD_USER_INPUT', '{ unknown }'],
  ])('charges the bytes of a large request, whether it is run or refused: %s', async (outcome, query) => {
    reported = 'cpu=0;statements=0';
    const { url } = await open({ ...slow, RATE_COST_PER_ADDRESS: '8' });
    const large = { query, variables: { words: ['é'.repeat(40_000), 'x'.repeat(70_000)] } };
    const replies = [await post(url, large), await post(url, large), await post(url, { query: '{ cheap }' })];
    expect(codes(replies)).toEqual([outcome, 'RATE_LIMITED', 'ok']);
  });

  test('charges nothing for the bytes of a usual request', async () => {
    reported = 'cpu=0;statements=0';
    const { url } = await open(slow);
    const replies: Reply[] = [];
    while (replies.length < 7)
      replies.push(await post(url, { query: '{ cheap }', variables: { text: 'x'.repeat(4_000) } }));
    expect(codes(replies)).toEqual(Array.from({ length: 7 }, () => 'ok'));
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

  test('is not used up by operations that are refused for their caller', async () => {
    reported = 'cpu=6;statements=1';
    const people = await openPeople();
    const limits = { ...slow, RATE_COST_PER_CALLER: '4', RATE_COST_PER_ADDRESS: '8' };
    const { query } = await open({ DEV_IDENTITY: 'true', ...limits }, [people]);
    const send = async (user: string) => {
      const { errors } = await query('{ dear }', { 'x-dev-user-id': user });
      return errors[0]?.extensions['code'] ?? 'ok';
    };
    expect([await send('ada'), await send('ada'), await send('ada')]).toEqual(['ok', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(await send('ben')).toBe('ok');
    await people.close();
  });

  test('is not limited with a rate of 0', async () => {
    reported = 'cpu=1000;statements=1';
    const replies = await repeat(await open({ RATE_COST_PER_ADDRESS: '0' }), '{ dear }', 5);
    expect(codes(replies)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });
});

describe('the cost in flight', () => {
  test('delays the operations of guests at one address, and refuses none', async () => {
    delayMs = 30;
    const { url } = await open({ IN_FLIGHT_COST_PER_CALLER: '300' });
    expect(codes(await atOnce(url, 6))).toEqual(Array.from({ length: 6 }, () => 'ok'));
    // One at a time, unless the machine takes a quarter of a second to pass a response on.
    expect(mostAtOnce).toBeLessThan(6);
  });

  test('refuses operations that have waited too long', async () => {
    delayMs = 300;
    const { url } = await open({ IN_FLIGHT_COST_PER_CALLER: '300', IN_FLIGHT_WAIT_SECONDS: '0.05' });
    const replies = await atOnce(url, 6);
    expect(codes(replies)).toEqual(expect.arrayContaining(['ok', 'RATE_LIMITED']));
    const refused = replies.find((reply) => codeOf(reply) === 'RATE_LIMITED');
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { retryAfterSeconds: 1 } }] });
  });

  test('is not limited without the settings', async () => {
    delayMs = 300;
    const { url } = await open({});
    await atOnce(url, 6);
    expect(mostAtOnce).toBeGreaterThan(1);
  });
});

/** Sends different operations of guests at the same time: equal ones would share a request to the service. */
async function atOnce(url: string, count: number): Promise<Reply[]> {
  const query = 'query ($of: Int) { dear(of: $of) }';
  await post(url, { query });
  return Promise.all(Array.from({ length: count }, (_, of) => post(url, { query, variables: { of } })));
}
