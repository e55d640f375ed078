import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSchema, type ExecutionArgs, parse } from 'graphql';
import { WebSocket } from 'ws';
import { type HttpServer, openHttpServer } from '@marquee/chassis/http/http-server';
import { createWebSocketRoute } from '@marquee/chassis/http/websocket-server';
import { openLog } from '@marquee/chassis/telemetry/log';

const log = openLog('test', '0', 'silent');
let server: HttpServer;

beforeAll(async () => {
  const schema = buildSchema('type Query { a: Int }');
  const live = createWebSocketRoute({
    log,
    maskError: (formatted) => formatted,
    pingIntervalMs: 1_500,
    onConnect: async () => ({}),
    onOperation: async (_, { query }): Promise<ExecutionArgs> => ({ schema, document: parse(query) }),
  });
  server = await openHttpServer({ host: '127.0.0.1', port: 0, routes: {}, websockets: { '/graphql': live }, log });
});
afterAll(() => server.close(0));

test('a client that answers no ping is disconnected when it is silent, and kept while it sends messages', async () => {
  const [silent, busy] = [await connect(), await connect()];
  const messages = setInterval(() => busy.send('{"type":"ping"}'), 30);
  expect((await once(silent, 'close'))[0]).toBe(1006);
  await wait(3_200);
  expect(busy.readyState).toBe(WebSocket.OPEN);
  clearInterval(messages);
  expect((await once(busy, 'close'))[0]).toBe(1006);
});

async function connect(): Promise<WebSocket> {
  const url = `ws://127.0.0.1:${new URL(server.url).port}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { autoPong: false });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  return socket;
}
