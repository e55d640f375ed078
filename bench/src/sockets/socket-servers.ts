/**
 * Servers that hold the same idle sockets and send the same event to all of them, each with one layer more than the one
 * before.
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openHttpServer } from '@marquee/chassis/http/http-server';
import { createWebSocketRoute } from '@marquee/chassis/http/websocket-server';
import { openLog } from '@marquee/chassis/telemetry/log';
import { buildSchema, type ExecutionArgs, type ExecutionResult, parse } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { Broadcast } from './broadcast.js';

/** The layers: a TCP socket, a WebSocket, the protocol by its reference implementation, and the protocol by the chassis. */
export const layers = ['net', 'ws', 'graphql-ws', 'marquee'] as const;

export type Layer = (typeof layers)[number];

/** A server with sockets. */
export interface SocketServer {
  port: number;
  /** Sends an event to all subscribed sockets. */
  publish(event: number): void;
}

/** Milliseconds between two pings, as in the gateway. */
const pingIntervalMs = 12_000;

const schema = buildSchema('type Query { a: Int } type Subscription { changed: String }');
const document = parse('subscription { changed }');

/** An event of the size of a small change. */
function resultOf(event: number): ExecutionResult {
  return { data: { changed: `change ${event} of a show with a title and a description of the usual length` } };
}

export function openSocketServer(layer: Layer): Promise<SocketServer> {
  if (layer === 'net') return openTcp();
  if (layer === 'ws') return openWebSockets();
  return layer === 'graphql-ws' ? openReference() : openChassis();
}

async function openTcp(): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', () => socket.write('ack'));
  });
  return {
    port: await listen(server),
    publish(event) {
      const frame = Buffer.from(JSON.stringify(resultOf(event)));
      for (const socket of sockets) socket.write(frame);
    },
  };
}

async function openWebSockets(): Promise<SocketServer> {
  const server = createHttpServer();
  const sockets = upgradeAll(server);
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined).on('message', () => socket.send('{"type":"connection_ack"}'));
    setInterval(() => socket.ping(), pingIntervalMs);
  });
  return {
    port: await listen(server),
    publish(event) {
      const text = JSON.stringify({ id: '1', type: 'next', payload: resultOf(event) });
      for (const socket of sockets.clients) socket.send(text);
    },
  };
}

async function openReference(): Promise<SocketServer> {
  const broadcast = new Broadcast<ExecutionResult>();
  const server = createHttpServer();
  const onSubscribe = (): ExecutionArgs => ({ schema, document });
  useServer({ onSubscribe, subscribe: () => broadcast.subscribe() }, upgradeAll(server), pingIntervalMs);
  return { port: await listen(server), publish: (event) => broadcast.publish(resultOf(event)) };
}

async function openChassis(): Promise<SocketServer> {
  const broadcast = new Broadcast<ExecutionResult>();
  const log = openLog('sockets', '0', 'silent');
  const route = createWebSocketRoute({
    log,
    maskError: (formatted) => formatted,
    pingIntervalMs,
    limits: { sockets: 40_000, socketsPerAddress: 40_000, messageRate: { perSecond: 50, burst: 150 } },
    onConnect: async () => ({}),
    onOperation: async (): Promise<ExecutionArgs> => ({ schema, document }),
    subscribe: async () => broadcast.subscribe(),
  });
  const { url } = await openHttpServer({ host: '127.0.0.1', port: 0, routes: {}, websockets: { '/': route }, log });
  return { port: Number(new URL(url).port), publish: (event) => broadcast.publish(resultOf(event)) };
}

function upgradeAll(server: HttpServer): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols });
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (open: WebSocket) => sockets.emit('connection', open, request)),
  );
  return sockets;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
