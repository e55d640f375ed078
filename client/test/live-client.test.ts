import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { WebSocket } from 'ws';
import { createLiveClient, type LiveClient, type LiveClientOptions, type LiveResult } from '../src/live-client.js';
import type { SocketConstructor } from '../src/connection.js';
import { openScriptedServer, type ScriptedServer } from './fixtures/scripted-server.js';

const query = 'subscription { messageAdded { body } }';

let server: ScriptedServer;
let clients: LiveClient[];

beforeEach(async () => {
  clients = [];
  server = await openScriptedServer();
});
afterEach(async () => {
  for (const client of clients) await client.close();
  await server.close();
});

test.each([
  ['a query', '# first\n{ me { id } }', /subscriptions only/],
  ['a mutation', 'mutation { x }', /subscriptions only/],
  ['a parsed document', parse(query) as never, /document is parsed/],
])('refuses %s', (_, refused, message) => {
  expect(() => open().iterate({ query: refused })).toThrow(message);
});

describe('a resumable subscription', () => {
  // After 1000, graphql-ws connects again by itself.
  test.each([1001, 1000])('resumes after the cursor of its last event when the socket closes with %d', async (code) => {
    const results = open().iterate({ query });
    const first = await server.nextSocket();
    const reading = results.next();
    expect((await first.nextSubscribe()).extensions).toEqual({ resume: {} });
    first.next(event('one', 7));
    expect(await reading).toEqual({ done: false, value: event('one', 7) });
    first.close(code);
    const next = results.next();
    const second = await server.nextSocket();
    expect((await second.nextSubscribe()).extensions).toEqual({ resume: { after: 7 } });
    second.next(event('two', 8));
    expect(await next).toEqual({ done: false, value: event('two', 8) });
  });

  test('resumes from where it started when the socket is lost before the first event', async () => {
    const results = collect(open());
    const first = await server.nextSocket();
    await first.nextSubscribe();
    first.next({ data: null, extensions: { cursor: 41 } });
    first.close(1012);
    const second = await server.nextSocket();
    expect((await second.nextSubscribe()).extensions).toEqual({ resume: { after: 41 } });
    second.next(event('one', 42));
    await until(() => results.length === 1);
    expect(results).toEqual([event('one', 42)]);
  });

  test('resumes after the cursor with which the server ended it', async () => {
    const results = collect(open());
    const socket = await server.nextSocket();
    for (const code of ['UPSTREAM_UNAVAILABLE', 'SLOW_CONSUMER', 'INTERNAL']) {
      await socket.nextSubscribe();
      socket.error(code, { cursor: code });
    }
    expect((await socket.nextSubscribe()).extensions).toEqual({ resume: { after: 'INTERNAL' } });
    expect(server.count()).toBe(1);
    expect(results).toEqual([]);
  });

  test('reports a gap and goes on from the last position of the server when its own no longer exists', async () => {
    const results = collect(open());
    const socket = await server.nextSocket();
    await socket.nextSubscribe();
    socket.next(event('one', 9));
    socket.error('SLOW_CONSUMER', { cursor: 9 });
    await socket.nextSubscribe();
    socket.error('BAD_USER_INPUT', { cursor: 3 });
    expect((await socket.nextSubscribe()).extensions).toEqual({ resume: { after: 3 } });
    await until(() => results.length === 2);
    expect(results).toEqual([event('one', 9), { data: null, extensions: { gap: true } }]);
  });
});

test('a subscription without cursors reports a gap after an interruption', async () => {
  const results = collect(open());
  const first = await server.nextSocket();
  await first.nextSubscribe();
  first.next({ data: { typing: true } });
  first.close(1001);
  const second = await server.nextSocket();
  await second.nextSubscribe();
  second.next({ data: { typing: false } });
  await until(() => results.length === 3);
  expect(results).toEqual([
    { data: { typing: true } },
    { data: null, extensions: { gap: true } },
    { data: { typing: false } },
  ]);
});

test('a gap without cursors is reported once, when the server reports that the subscription has started', async () => {
  const results = collect(open());
  const first = await server.nextSocket();
  expect((await first.nextSubscribe()).extensions).toEqual({ resume: {} });
  first.close(1001);
  const second = await server.nextSocket();
  for (const _ of [1, 2]) {
    expect((await second.nextSubscribe()).extensions).toEqual({ resume: { reportsStart: true } });
    second.next({ data: null, extensions: { started: false } });
    second.error('UPSTREAM_UNAVAILABLE');
  }
  await second.nextSubscribe();
  expect(results).toEqual([]);
  second.next({ data: null, extensions: { started: true } });
  await until(() => results.length === 1);
  second.next({ data: { typing: true } });
  await until(() => results.length === 2);
  expect(results).toEqual([{ data: null, extensions: { gap: true } }, { data: { typing: true } }]);
});

test('a gap is reported without an event, also by a server that does not report the start', async () => {
  const results = collect(open());
  const first = await server.nextSocket();
  await first.nextSubscribe();
  first.close(1001);
  await (await server.nextSocket()).nextSubscribe();
  await until(() => results.length === 1);
  expect(results).toEqual([{ data: null, extensions: { gap: true } }]);
});

describe('an interruption', () => {
  test.each([
    ['an error of the operation', 'FORBIDDEN'],
    ['a schema that no longer has its field', 'SUBSCRIPTION_SCHEMA_CHANGED'],
  ])('by %s is final', async (_, code) => {
    const reading = open().iterate({ query }).next();
    const socket = await server.nextSocket();
    await socket.nextSubscribe();
    socket.error(code);
    await expect(reading).rejects.toMatchObject({ name: 'LiveError', errors: [{ extensions: { code } }] });
  });

  test.each([4400, 4401, 4429])('with the close code %d is final', async (code) => {
    const reading = open().iterate({ query }).next();
    const socket = await server.nextSocket();
    await socket.nextSubscribe();
    socket.close(code, 'no');
    await expect(reading).rejects.toMatchObject({ closeCode: code });
  });

  test('of several subscriptions leads to one socket, after one delay', async () => {
    const delays: unknown[] = [];
    const client = open({ onStatus: (status) => void (status.state === 'interrupted' && delays.push(status)) });
    for (const _ of [1, 2, 3]) collect(client);
    const first = await server.nextSocket();
    for (const _ of [1, 2, 3]) await first.nextSubscribe();
    first.close(1001);
    const second = await server.nextSocket();
    for (const _ of [1, 2, 3]) await second.nextSubscribe();
    expect([server.count(), delays.length]).toEqual([2, 1]);
  });

  test('by RATE_LIMITED lasts at least as long as the server requires', async () => {
    const delays: number[] = [];
    collect(open({ onStatus: (status) => void (status.state === 'interrupted' && delays.push(status.retryInMs)) }));
    const socket = await server.nextSocket();
    await socket.nextSubscribe();
    socket.error('RATE_LIMITED', { retryAfterSeconds: 90 });
    await until(() => delays.length === 1);
    expect(delays[0]).toBeGreaterThanOrEqual(90_000);
  });
});

describe('a token', () => {
  test('is renewed on the open socket after two thirds of its lifetime', async () => {
    const tokens = [jwt(3), jwt(600)];
    collect(open({ token: () => tokens.shift() }));
    const socket = await server.nextSocket();
    expect(socket.credentials).toEqual({ authorization: expect.stringContaining('Bearer ey') });
    await until(() => socket.pings.length === 1);
    expect(socket.pings[0]).not.toEqual(socket.credentials);
    expect(server.count()).toBe(1);
  });

  test('is renewed at once when the server warns that it expires', async () => {
    let issued = 0;
    collect(open({ token: () => `opaque-${(issued += 1)}` }));
    const socket = await server.nextSocket();
    await socket.nextSubscribe();
    socket.ping({ tokenExpiresInSeconds: 60 });
    await until(() => socket.pings.length === 1);
    expect(socket.pings).toEqual([{ authorization: 'Bearer opaque-2' }]);
  });

  test('that expired is replaced with the next socket, and the application learns that it was refused', async () => {
    const requests: unknown[] = [];
    collect(open({ token: (request) => (requests.push(request), 'opaque') }));
    const socket = await server.nextSocket();
    await socket.nextSubscribe();
    socket.close(4403, 'token expired');
    await (await server.nextSocket()).nextSubscribe();
    expect(requests).toEqual([{ isRefused: false }, { isRefused: true }]);
  });

  test('that is refused twice in a row ends the subscription', async () => {
    server.refuse(2, 4403, 'invalid signature');
    const reading = open({ token: () => 'wrong' })
      .iterate({ query })
      .next();
    await expect(reading).rejects.toMatchObject({ closeCode: 4403, message: expect.stringContaining('signature') });
    expect(server.count()).toBe(2);
  });

  test('that the application cannot supply is requested again', async () => {
    let failures = 2;
    const token = async () => (failures-- > 0 ? Promise.reject(new Error('no network')) : 'opaque');
    collect(open({ token }));
    expect((await server.nextSocket()).credentials).toEqual({ authorization: 'Bearer opaque' });
  });
});

test('a server that accepts connections and never answers is given up without an exception', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const states: string[] = [];
  const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const client = open({ url, connectTimeoutMs: 300, onStatus: ({ state }) => void states.push(state) });
  collect(client);
  await until(() => states.filter((state) => state === 'connecting').length === 2);
  expect(states).toEqual(['connecting', 'interrupted', 'connecting']);
  await client.close();
  silent.close();
});

test('leaving the loop ends the subscription while it waits for an event', async () => {
  const results = open().iterate({ query });
  const socket = await server.nextSocket();
  await socket.nextSubscribe();
  const waiting = results.next();
  await results.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('closing the client completes its subscriptions', async () => {
  const client = open();
  const waiting = client.iterate({ query }).next();
  await (await server.nextSocket()).nextSubscribe();
  await client.close();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('completes a subscription at once that begins after the client was closed', async () => {
  const client = open();
  await client.close();
  expect(await client.iterate({ query }).next()).toEqual({ done: true, value: undefined });
  expect(server.count()).toBe(0);
});

test.each(['mutation { send { id } }', '{ me { id } }', ' query { me { id } }', '# Sends.\nmutation { send { id } }'])(
  'refuses %s, which it would send again after an interruption',
  (text) => {
    expect(() => open().iterate({ query: text })).toThrow(TypeError);
  },
);

function open(options: Partial<LiveClientOptions> = {}): LiveClient {
  const webSocketImpl = WebSocket as unknown as SocketConstructor;
  const client = createLiveClient({ url: server.url, webSocketImpl, maxDelayMs: 200, ...options });
  clients.push(client);
  return client;
}

/** Subscribes and collects the results. */
function collect(client: LiveClient): LiveResult<unknown>[] {
  const results: LiveResult<unknown>[] = [];
  client.subscribe(
    { query },
    { next: (result) => results.push(result), error: () => undefined, complete: () => undefined },
  );
  return results;
}

function event(body: string, cursor: number): LiveResult<Record<string, unknown>> {
  return { data: { messageAdded: { body } }, extensions: { cursor } };
}

/** A token in the form that the client reads, valid for these seconds. */
function jwt(seconds: number): string {
  const now = Math.floor(Date.now() / 1_000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'RS256' })}.${encode({ iat: now, exp: now + seconds, jti: Math.random() })}.signature`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
