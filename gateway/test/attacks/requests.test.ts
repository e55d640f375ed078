import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRedisServer, missingRedisReason } from '@marquee/testkit/redis-server';
import { WebSocket } from 'ws';
import { openFriends } from '../fixtures/friends-subgraph.js';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { codeOf, get, post, type Reply, type SendOperation, transports } from '../fixtures/transport-clients.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const query = '{ person { id } }';
const { 'trusted document': _, ...open } = transports;
const openTransports: [string, SendOperation][] = Object.entries(open);

let crowd: Subgraph;
let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  [crowd, issuer] = await Promise.all([openFriends(), openIssuer()]);
  gateway = await openGateway([crowd], { issuer });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([crowd.close(), issuer.close()]);
});

/** Accept headers, for a single JSON response and for server-sent events. */
const accepting = ['application/json', 'text/event-stream'];

describe('a request that', () => {
  test('has more than 100 headers gets 431', async () => {
    const headers = Object.fromEntries(Array.from({ length: 100 }, (__, i) => [`x-${i}`, 'a']));
    // Some versions of Node answer without a body.
    expect((await fetch(`${gateway.url}/graphql`, { headers })).status).toBe(431);
    expect((await post(gateway.url, { query })).status).toBe(200);
  });

  test('has more than 16 kB of headers gets 431', async () => {
    const response = await fetch(`${gateway.url}/graphql`, { headers: { 'x-long': 'a'.repeat(17_000) } });
    expect(response.status).toBe(431);
  });

  test.each(accepting)('decompresses to 10 MB gets 415 unread, with Accept: %s', async (accept) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', accept },
      body: gzipSync(JSON.stringify({ query, padding: ' '.repeat(10 * 1024 * 1024) })),
    });
    expect(response.status).toBe(415);
  });

  test.each([
    ['its headers', 'POST /graphql HTTP/1.1\r\nhost: a\r\nx-slow: '],
    ['its body', 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'],
  ])('sends %s too slowly is disconnected', async (__, text) => {
    const hasty = await openGateway([crowd], { HEADERS_TIMEOUT_SECONDS: '0.4', REQUEST_TIMEOUT_SECONDS: '0.8' });
    const socket = connect(Number(new URL(hasty.url).port), '127.0.0.1');
    socket
      .on('error', () => undefined)
      .resume()
      .write(text);
    await once(socket, 'close');
    expect((await post(gateway.url, { query })).status).toBe(200);
    await hasty.close();
  });

  test.each([
    [
      'has variables named like properties of prototypes',
      '{"query":"query ($n: Int) { people(first: $n) { id } }","variables":{"__proto__":{"n":1},"constructor":{"prototype":{"isAdmin":true}}}}',
    ],
    [
      'has a member __proto__',
      '{"query":"{ person { id } }","__proto__":{"isAdmin":true},"extensions":{"__proto__":{"persistedQuery":{"version":1}}}}',
    ],
  ])('%s changes no prototype', async (__, body) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, ({} as Record<string, unknown>)['isAdmin']]).toEqual([200, undefined]);
  });

  test('nests its variables a hundred thousand times gets BAD_USER_INPUT', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":"query ($n: Int) { people(first: $n) { id } }","variables":{"n":${deep}}}`,
    });
    expect([response.status, codeOf((await response.json()) as Reply)]).toEqual([400, 'BAD_USER_INPUT']);
  });

  describe.each(accepting)('accepts %s and', (accept) => {
    test.each([
      ['is a form', 'multipart/form-data; boundary=a', '--a--', [400, 415]],
      ['is a batch of operations', 'application/json', '[{"query":"{ person { id } }"}]', [400]],
      ['is not JSON', 'application/json', '{', [400]],
      ['is too large', 'application/json', `{"query":"{ person { id } }"}${' '.repeat(300 * 1024)}`, [413]],
    ])('%s gets BAD_USER_INPUT', async (__, type, body, statuses) => {
      const headers = { 'content-type': type, 'apollo-require-preflight': 'true', accept };
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
      expect(statuses).toContain(response.status);
      expect(codeOf((await response.json()) as Reply)).toBe('BAD_USER_INPUT');
    });
  });

  test('runs a query over GET without a preflight gets 400', async () => {
    expect((await get(gateway.url, { query }, { 'apollo-require-preflight': '' })).status).toBe(400);
  });
});

/** So few that none is free again while a test runs, and a power of two, so that bursts are exact. */
const perSecond = 1 / 512;

/** Limits of a client that may send this many requests. */
function limited(to: 'RATE_PER_ADDRESS' | 'RATE_PER_CALLER', requests: number): Record<string, string> {
  return { [to]: String(perSecond), RATE_BURST_SECONDS: String(requests / perSecond) };
}

/** The next request is allowed after 512 s, of which some have passed. */
function expectRetryAfter(extensions: Record<string, unknown> | undefined): void {
  expect(extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
  expect(extensions?.['retryAfterSeconds']).toBeGreaterThan(256);
  expect(extensions?.['retryAfterSeconds']).toBeLessThanOrEqual(512);
}

describe('a client over the rate limit', () => {
  test.each(openTransports)('learns over %s when to retry', async (name, send) => {
    const strict = await openGateway([crowd], limited('RATE_PER_ADDRESS', 5));
    const replies: (Reply | { status: number; errors: [] })[] = [];
    for (let i = 0; i < 6; i += 1)
      replies.push(await send(strict.url, { query }).catch(() => ({ status: 429, errors: [] as [] })));
    const last = replies.at(-1);
    // A WebSocket is refused before it carries an operation.
    expect([replies[0]?.errors, last?.status]).toEqual([[], 429]);
    expect(last?.errors).toHaveLength(name === 'WS' ? 0 : 1);
    for (const { extensions } of last?.errors ?? []) expectRetryAfter(extensions);
    await strict.close();
  });

  test('is limited by its token, whatever its address', async () => {
    const strict = await openGateway([crowd], {
      issuer,
      ...limited('RATE_PER_CALLER', 3),
      TRUSTED_PROXIES: '1',
    });
    const token = await issuer.machineToken('marquee/shows.read');
    const codes = [];
    for (let i = 0; i < 4; i += 1)
      codes.push(codeOf(await post(strict.url, { query }, { ...bearer(token), 'x-forwarded-for': `10.0.0.${i}` })));
    expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED']);
    expect((await post(strict.url, { query })).status).toBe(200);
    await strict.close();
  });

  test('cannot fake its address by a header, and has its own limit behind a trusted proxy', async () => {
    const [plain, behind] = await Promise.all(
      ['0', '1'].map((TRUSTED_PROXIES) => openGateway([crowd], { ...limited('RATE_PER_ADDRESS', 2), TRUSTED_PROXIES })),
    );
    const statuses = async (at: Gateway) => {
      const found = [];
      for (let i = 0; i < 3; i += 1)
        found.push((await post(at.url, { query }, { 'x-forwarded-for': `1.1.1.1, 10.0.0.${i}` })).status);
      return found;
    };
    expect([await statuses(plain!), await statuses(behind!)]).toEqual([
      [200, 200, 429],
      [200, 200, 200],
    ]);
    await Promise.all([plain!.close(), behind!.close()]);
  });

  test('gets the error on its WebSocket', async () => {
    const strict = await openGateway([crowd], limited('RATE_PER_ADDRESS', 3));
    const socket = new WebSocket(`${strict.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const messages: { type: string; payload?: unknown }[] = [];
    socket.on('message', (data: Buffer) => void messages.push(JSON.parse(data.toString()) as never));
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    for (let id = 0; id < 4; id += 1)
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
    while (messages.filter(({ type }) => type === 'error' || type === 'complete').length < 4)
      await once(socket, 'message');
    const errors = messages.filter(({ type }) => type === 'error').map(({ payload }) => payload);
    expect(errors).toHaveLength(2);
    const [{ extensions }] = errors[0] as [{ extensions: Record<string, unknown> }];
    expectRetryAfter(extensions);
    socket.terminate();
    await strict.close();
  });
});

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing)
  process.stdout.write(`gateway/test/attacks/requests.test.ts: the test over Redis did not run: ${missing}\n`);

withRedis('a client over the rate limit of several replicas', () => {
  test('is limited by all of them together', async () => {
    const redis = await openRedisServer();
    const shared = { REDIS_URL: redis.url, ...limited('RATE_PER_ADDRESS', 4), TRUSTED_PROXIES: '1' };
    const replicas = await Promise.all([openGateway([crowd], shared), openGateway([crowd], shared)]);
    const statusesOf = async (client: number) => {
      const statuses = [];
      for (const { url } of [...replicas, ...replicas, ...replicas])
        statuses.push((await post(url, { query }, { 'x-forwarded-for': `10.0.0.${client}` })).status);
      return statuses.join();
    };
    // A replica counts on its own until it is connected, and while Redis is too slow.
    for (let client = 0; (await statusesOf(client)) !== '200,200,200,200,429,429'; client += 1) await wait(50);
    await redis.kill();
    expect((await post(replicas[0].url, { query })).status).toBe(200);
    await Promise.all(replicas.map((replica) => replica.close()));
    await redis.close();
  });
});
