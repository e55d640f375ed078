/** A process with many idle clients, so that they do not share the event loop of the measurement. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { WebSocket } from 'ws';
import { answerRequests, readInput, reportReady } from '../measuring/child-processes.js';
import type { Layer } from './socket-servers.js';

/** The input of the process. */
export interface SocketClientInput {
  layer: Layer;
  port: number;
  /** The loopback address of all its clients. */
  localAddress: string;
}

/** The requests of the parent. */
export type SocketClientRequest =
  | { type: 'connect'; count: number }
  | { type: 'subscribe' }
  /** Answered once the clients have received this number of events since the start, all together. */
  | { type: 'receive'; events: number };

/** Sockets that are opened concurrently. */
const connectConcurrency = 25;

const receiveTimeoutMs = 60_000;

const { layer, port, localAddress } = readInput<SocketClientInput>();
const subscribers: (() => Promise<unknown>)[] = [];
let received = 0;

answerRequests(answer);
reportReady({});

async function answer(request: SocketClientRequest): Promise<void> {
  if (request.type === 'receive') return receive(request.events);
  if (request.type === 'subscribe') return void (await Promise.all(subscribers.map((start) => start())));
  const open = layer === 'net' ? openTcp : openWebSocket;
  await mapWithConcurrency(Array.from({ length: request.count }), connectConcurrency, open);
}

async function openTcp(): Promise<void> {
  const socket = connectTcp({ port, host: '127.0.0.1', localAddress });
  await once(socket, 'connect');
  socket.write('init');
  await once(socket, 'data');
  socket.on('data', () => (received += 1));
}

async function openWebSocket(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, 'graphql-transport-ws', { localAddress });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', () => (received += 1));
  const text = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { changed }' } });
  if (layer !== 'ws') subscribers.push(() => subscribe(socket, text));
}

/** The server reads in order: once it answers the ping, it has read the subscription. */
async function subscribe(socket: WebSocket, text: string): Promise<void> {
  const pong = once(socket, 'pong');
  socket.send(text);
  socket.ping();
  await pong;
}

async function receive(events: number): Promise<void> {
  for (const deadline = performance.now() + receiveTimeoutMs; received < events; await wait(5))
    if (performance.now() > deadline) throw new Error(`${received} of ${events} events arrived.`);
}
