import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, type ExecutionArgs, parse } from 'graphql';
import { WebSocket } from 'ws';
import { rateLimited, unauthenticated, upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { type HttpServer, openHttpServer } from '@marquee/chassis/http/http-server';
import { createWebSocketRoute } from '@marquee/chassis/http/websocket-server';
import { openLog } from '@marquee/chassis/telemetry/log';

const schema = buildSchema('type Query { a: Int } type Subscription { quiet: Int }');
const init = { type: 'connection_init', payload: { name: 'Ada' } };
const log = openLog('test', '0', 'silent');
let running = 0;
let server: HttpServer;

beforeAll(async () => {
  const live = createWebSocketRoute<{ name: string }>({
    log,
    maskError: (formatted) => formatted,
    limits: { operationsPerSocket: 2, socketsPerAddress: 3, messageRate: { perSecond: 10, burst: 100 } },
    async onConnect({ name }) {
      if (typeof name !== 'string') throw unauthenticated('A name is required.');
      if (name === 'unknown') throw upstreamUnavailable('users');
      if (name === 'busy') throw rateLimited('Too many sockets', 60);
      if (name === 'broken') throw new TypeError('a secret detail');
      return { name };
    },
    onPing: async ({ name }) => ({ hello: name }),
    onOperation: async (_, { query }): Promise<ExecutionArgs> => ({ schema, document: parse(query) }),
    subscribe: async () => quiet(),
  });
  server = await openHttpServer({ host: '127.0.0.1', port: 0, routes: {}, websockets: { '/graphql': live }, log });
});
afterAll(() => server.close(0));

describe('closes a socket', () => {
  test.each([
    ['with 4400 for invalid JSON', ['hello?'], 4400],
    ['with 4400 for a message without a type', [{ payload: {} }], 4400],
    ['with 4400 for a message that only servers send', [init, { type: 'connection_ack' }], 4400],
    ['with 4400 for a subscribe without an operation', [init, { type: 'subscribe', id: '1' }], 4400],
    ['with 4401 for a subscribe before connection_init', [subscribe('1')], 4401],
    ['with 4403 when onConnect rejects it', [{ type: 'connection_init' }], 4403],
    ['with 1013 when onConnect fails for want of a service', [named('unknown')], 1013],
    ['with 1013 when there are too many sockets', [named('busy')], 1013],
    ['with 4500 when onConnect fails unexpectedly', [named('broken')], 4500],
    ['with 4400 for a binary message', [Buffer.from('{"type":"ping"}')], 4400],
    ['with 4409 for an id that is in use', [init, subscribe('1'), subscribe('1')], 4409],
    ['with 4429 for a second connection_init', [init, init], 4429],
  ])('%s', async (_, messages, code) => {
    const socket = await open();
    const ended = ending(socket);
    await say(socket, ...messages);
    const [found, reason] = await ended;
    expect([found, reason]).toEqual([code, expect.not.stringContaining('secret')]);
  });

  test.each<[string, (socket: WebSocket) => void]>([
    ['pings', (socket) => socket.ping()],
    ['pongs', (socket) => socket.pong()],
    ['messages', (socket) => socket.send('{"type":"ping"}')],
  ])('with 4429 when it sends too many %s, and stops reading from it', async (_, send) => {
    const socket = await open();
    await say(socket, init);
    const ended = ending(socket);
    for (let count = 0; socket.readyState === WebSocket.OPEN; count += 1) {
      send(socket);
      if (count % 10 === 0) await new Promise(setImmediate);
    }
    expect(await ended).toEqual([4429, 'Too many messages']);
  });

  test.each<[string, (socket: WebSocket) => void, number]>([
    ['with 1009 for a message that is too large', (socket) => socket.send('x'.repeat(65 * 1024)), 1009],
    ['with 1008 for one in too many fragments', inFragments, 1008],
  ])('%s', async (_, send, code) => {
    const socket = await open();
    const ended = ending(socket);
    send(socket);
    expect((await ended)[0]).toBe(code);
  });

  test('with 4406 for another protocol', async () => {
    const socket = new WebSocket(address());
    expect((await ending(socket))[0]).toBe(4406);
  });

  test('with 4408 without a connection_init for five seconds', async () => {
    const socket = await open();
    const started = performance.now();
    expect((await ending(socket))[0]).toBe(4408);
    expect(performance.now() - started).toBeGreaterThan(4_500);
  });
});

describe('an acknowledged socket', () => {
  test('runs a limited number of operations at a time', async () => {
    const socket = await open();
    await say(socket, init, subscribe('1'), subscribe('2'));
    socket.send(JSON.stringify(subscribe('3')));
    const [rejection] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(rejection))).toMatchObject({
      type: 'error',
      id: '3',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    socket.send(JSON.stringify({ type: 'complete', id: '1' }));
    await runs(1, socket);
    socket.send(JSON.stringify(subscribe('4')));
    expect(await runs(2, socket)).toBe(2);
    await gone(socket);
    expect(running).toBe(0);
  });

  test('receives the payload of onPing in its pong', async () => {
    const socket = await open();
    await say(socket, init);
    socket.send(JSON.stringify({ type: 'ping', payload: { secret: 'x' } }));
    const [pong] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(pong))).toEqual({ type: 'pong', payload: { hello: 'Ada' } });
    await gone(socket);
  });
});

test('limits the open sockets of one address', async () => {
  const sockets = await Promise.all([open(), open(), open()]);
  const [failure] = (await once(new WebSocket(address(), 'graphql-transport-ws'), 'error')) as [Error];
  expect(failure.message).toContain('429');
  await gone(sockets[0]);
  await gone(await open());
  await Promise.all(sockets.slice(1).map(gone));
});

test('closes the connection of an upgrade request to another path, even after a reset', async () => {
  const ask = 'GET /elsewhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
  const [staying, broken] = [connect(port(), '127.0.0.1'), connect(port(), '127.0.0.1')];
  await Promise.all([once(staying, 'connect'), once(broken, 'connect')]);
  const answer = once(staying.setEncoding('utf8'), 'data');
  staying.write(ask);
  broken.write(ask, () => broken.resetAndDestroy());
  expect(String(await answer)).toMatch(/^HTTP\/1.1 404/);
  await once(staying, 'close');
  await gone(await open());
});

function named(name: string): object {
  return { type: 'connection_init', payload: { name } };
}

function inFragments(socket: WebSocket): void {
  for (let count = 0; count < 200; count += 1) socket.send('x', { fin: false });
}

function subscribe(id: string): object {
  return { type: 'subscribe', id, payload: { query: 'subscription { quiet }' } };
}

function quiet() {
  running += 1;
  return cancellable(async function* (signal): AsyncGenerator<never> {
    signal.addEventListener('abort', () => (running -= 1));
    await once(signal, 'abort');
    yield* [];
  });
}

async function runs(count: number, socket: WebSocket): Promise<number> {
  while (running !== count) {
    socket.ping();
    await once(socket, 'pong');
  }
  return running;
}

function port(): number {
  return Number(new URL(server.url).port);
}

function address(): string {
  return `${server.url.replace('http', 'ws')}/graphql`;
}

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(address(), 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

/** Sends messages one after the other and waits until a connection_init is acknowledged. */
async function say(socket: WebSocket, ...messages: unknown[]): Promise<void> {
  for (const message of messages) {
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    const last = message === init && message !== messages.at(-1);
    if (last || (message === init && messages.length === 1)) await once(socket, 'message');
  }
}

async function ending(socket: WebSocket): Promise<[number, string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}

async function gone(socket: WebSocket | undefined): Promise<void> {
  socket?.close();
  if (socket) await once(socket, 'close');
}

test('a socket without operations is closed with 1000 once it is idle for too long', async () => {
  const idle = createWebSocketRoute<{ name: string }>({
    log,
    maskError: (formatted) => formatted,
    pingIntervalMs: 800,
    maxIdleMs: ({ name }) => (name === 'Ada' ? 1_000 : undefined),
    onConnect: async ({ name }) => ({ name: String(name) }),
    onOperation: async (_, { query }): Promise<ExecutionArgs> => ({ schema, document: parse(query) }),
    subscribe: async () => quiet(),
  });
  const other = await openHttpServer({ host: '127.0.0.1', port: 0, routes: {}, websockets: { '/graphql': idle }, log });
  const connect = async (...messages: object[]) => {
    const socket = new WebSocket(`ws://127.0.0.1:${new URL(other.url).port}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    for (const message of messages) socket.send(JSON.stringify(message));
    return socket;
  };
  const [unlimited, busy] = [await connect({ ...init, payload: { name: 'Ben' } }), await connect(init, subscribe('1'))];
  const [code, reason] = (await once(await connect(init), 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1000, 'idle']);
  expect([unlimited.readyState, busy.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  busy.send(JSON.stringify({ type: 'complete', id: '1' }));
  expect((await once(busy, 'close'))[0]).toBe(1000);
  await other.close(0);
});
