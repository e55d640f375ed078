import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buildSchema, type ExecutionArgs, type ExecutionResult, GraphQLError, parse } from 'graphql';
import { WebSocket } from 'ws';
import { type HttpServer, openHttpServer } from '@marquee/chassis/http/http-server';
import { createWebSocketRoute } from '@marquee/chassis/http/websocket-server';
import { openLog } from '@marquee/chassis/telemetry/log';

const schema = buildSchema('type Query { text(length: Int): String } type Subscription { changed: String }');
const log = openLog('test', '0', 'silent');

/** Readers of the events of the test. */
let publish: ((result: ExecutionResult) => void)[];
let masked: string[];
let server: HttpServer;
/** How many results were read of a stream that has no end, and whether it was ended. */
let read = 0;
let isEnded = false;

/** Pings its clients every half a second. */
let impatient: HttpServer;

beforeAll(async () => {
  [server, impatient] = await Promise.all([openServer(), openServer(500)]);
});

function openServer(pingIntervalMs?: number): Promise<HttpServer> {
  const live = createWebSocketRoute({
    log,
    maskError(formatted, error) {
      masked.push((error as GraphQLError).message);
      return { ...formatted, message: 'masked' };
    },
    onConnect: async () => ({}),
    onOperation: async (_, { query, variables, extensions }): Promise<ExecutionArgs> => {
      return { schema, document: parse(query), variableValues: variables ?? {}, contextValue: extensions };
    },
    execute: async ({ variableValues }) => ({ data: { text: textOf(Number(variableValues?.['length'])) } }),
    subscribe: async ({ contextValue }) => (contextValue ? endless() : nextEvent()),
    ...(pingIntervalMs !== undefined && { pingIntervalMs }),
  });
  return openHttpServer({ host: '127.0.0.1', port: 0, routes: {}, websockets: { '/graphql': live }, log });
}
beforeEach(() => {
  [publish, masked, isEnded] = [[], [], false];
});
afterAll(() => Promise.all([server.close(0), impatient.close(0)]));

/** A text of this many bytes in UTF-8, with characters of one to four bytes. */
function textOf(bytes: number): string {
  const mixed = 'aé漢😀';
  const times = Math.floor(bytes / Buffer.byteLength(mixed));
  return mixed.repeat(times) + 'x'.repeat(bytes - times * Buffer.byteLength(mixed));
}

async function* nextEvent(): AsyncGenerator<ExecutionResult> {
  try {
    for (;;) yield await new Promise<ExecutionResult>((resolve) => publish.push(resolve));
  } finally {
    isEnded = true;
  }
}

async function* endless(): AsyncGenerator<ExecutionResult> {
  try {
    for (;;) {
      read += 1;
      yield { data: { changed: 'x'.repeat(100_000) } };
    }
  } finally {
    isEnded = true;
  }
}

describe('a message', () => {
  // A header has 2, 4 or 10 bytes, and the rest of the message about 60.
  test.each([1, 50, 60, 70, 130, 65_450, 65_470, 65_480, 65_536, 200_000])(
    'with %d bytes of text arrives unchanged',
    async (length) => {
      const socket = await connect();
      const query = 'query ($length: Int) { text(length: $length) }';
      socket.send(JSON.stringify({ type: 'subscribe', id: 'a "b"', payload: { query, variables: { length } } }));
      const payload = { data: { text: textOf(length) } };
      expect(await messages(socket, 2)).toEqual([
        { type: 'next', id: 'a "b"', payload },
        { type: 'complete', id: 'a "b"' },
      ]);
      socket.terminate();
    },
  );

  test('arrives before the close frame of a server that drains in the same turn', async () => {
    const route = createWebSocketRoute({
      log,
      maskError: (formatted) => formatted,
      onConnect: async () => ({}),
      onOperation: async (_, { query }): Promise<ExecutionArgs> => ({ schema, document: parse(query) }),
      subscribe: async () => nextEvent(),
    });
    const draining = await openHttpServer({
      host: '127.0.0.1',
      port: 0,
      routes: {},
      websockets: { '/graphql': route },
      log,
    });
    const socket = await subscribed(draining);
    const received = messages(socket, 1);
    const closed = once(socket, 'close');
    publish[0]!({ data: { changed: 'last' } });
    // Until the message waits for the end of this turn of the event loop.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await draining.close(0);
    expect(await received).toEqual([{ type: 'next', id: '1', payload: { data: { changed: 'last' } } }]);
    expect((await closed)[0]).toBe(1001);
  });
});

test('the result of an event is masked once for all sockets that receive it', async () => {
  const sockets: WebSocket[] = [];
  for (let count = 0; count < 5; count += 1) sockets.push(await subscribed(server));
  const received = sockets.map((socket) => messages(socket, 1));
  const result = { data: { changed: null }, errors: [new GraphQLError('a secret')] };
  for (const publishTo of publish) publishTo(result);
  const payload = { data: { changed: null }, errors: [{ message: 'masked' }] };
  expect((await Promise.all(received)).flat()).toEqual(sockets.map(() => ({ type: 'next', id: '1', payload })));
  expect(masked).toEqual(['a secret']);
  for (const socket of sockets) socket.terminate();
});

test('a result that cannot be serialized ends its stream', async () => {
  const socket = await subscribed(server);
  const received = messages(socket, 1);
  publish[0]!({ data: { changed: 1n } });
  expect(await received).toMatchObject([{ type: 'error', id: '1', payload: [{ message: 'masked' }] }]);
  while (!isEnded) await wait(10);
  socket.terminate();
});

test('nothing more of a stream is read while its client reads nothing, which ends it', async () => {
  const socket = await connect(impatient);
  socket.pause();
  subscribeToEndless(socket);
  await untilUnchanged(() => read);
  // The buffers of the system hold some megabytes.
  expect(read).toBeLessThan(400);
  while (!isEnded) await wait(50);
  socket.terminate();
});

test('a client that reads slowly is kept: its pong comes after everything that it has not read', async () => {
  const socket = await connect(impatient);
  let [received, isClosed] = [0, false];
  socket.on('message', () => {
    received += 1;
    socket.pause();
  });
  socket.on('close', () => (isClosed = true));
  subscribeToEndless(socket);
  const before = read;
  for (let turn = 0; turn < 40 && !isClosed; turn += 1) {
    await wait(100);
    socket.resume();
  }
  expect([isClosed, isEnded]).toEqual([false, false]);
  expect(read - before).toBeGreaterThan(received);
  socket.terminate();
});

function subscribeToEndless(socket: WebSocket): void {
  const payload = { query: 'subscription { changed }', extensions: {} };
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
}

test('idle sockets share one timer', async () => {
  const first = await connect();
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  // Those of the handshakes of other tests end meanwhile.
  await untilUnchanged(timers);
  const before = timers();
  const others = await Promise.all(Array.from({ length: 30 }, () => connect()));
  expect(timers()).toBeLessThanOrEqual(before + 3);
  for (const socket of [first, ...others]) socket.terminate();
});

/** Resolves once a number has stayed the same for half a second. */
async function untilUnchanged(value: () => number): Promise<void> {
  for (let known = NaN; known !== value(); await wait(500)) known = value();
}

async function connect({ url } = server): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

/** A socket whose subscription waits for an event. */
async function subscribed(of: HttpServer): Promise<WebSocket> {
  const readers = publish.length;
  const socket = await connect(of);
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: 'subscription { changed }' } }));
  while (publish.length <= readers) await wait(5);
  return socket;
}

function messages(socket: WebSocket, count: number): Promise<unknown[]> {
  const received: unknown[] = [];
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (received.push(JSON.parse(data.toString())) === count) resolve(received);
    });
  });
}
