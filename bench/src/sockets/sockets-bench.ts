import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatFigure } from '../measuring/bar-chart.js';
import { type ReadyChild, startScript } from '../measuring/child-processes.js';
import { processorTime } from '../measuring/process-usage.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import type { SocketClientInput, SocketClientRequest } from './socket-client-process.js';
import type { MemoryInUse, SocketServerRequest } from './socket-server-process.js';
import { type Layer, layers } from './socket-servers.js';

/** Sockets that load the code and grow the heap before the measurement. */
const warmUpSockets = 500;

/** Events before the measured ones, which compile the code that delivers them. */
const warmUpEvents = 10;

const settleMs = 1_000;

/**
 * Measures the memory and the CPU time of idle sockets and of an event in each layer below the gateway: the lower bounds
 * of `crowd`.
 *
 *   --sockets=5000 --seconds=24 --events=30
 *   --write   save the figures in bench/results/ and in bench/README.md
 */
export async function benchSockets(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      sockets: { type: 'string', default: '5000' },
      seconds: { type: 'string', default: '24' },
      events: { type: 'string', default: '30' },
      write: { type: 'boolean', default: false },
    },
  });
  const { sockets, seconds, events } = options;
  const rows: string[][] = [];
  for (const layer of layers)
    rows.push(
      rowOf(
        layer,
        await measureLayer(layer, { sockets: Number(sockets), seconds: Number(seconds), events: Number(events) }),
      ),
    );
  const table = [head, ...rows];
  process.stdout.write(`${textTable(table)}\n`);
  if (!options.write) return;
  await saveResult('sockets.txt', `${textTable(table)}\n`);
  await publishTable('bench sockets', markdownTable(table));
}

const head = [
  'layers',
  'kB of heap per idle socket',
  'resident kB',
  'CPU µs/s',
  'kB of heap with a stream',
  'resident kB',
  'CPU µs per event',
];

const names: Readonly<Record<Layer, string>> = {
  net: 'a socket of Node',
  ws: 'with `ws`',
  'graphql-ws': 'with `graphql-ws`',
  marquee: 'with the protocol of the chassis',
};

export interface SocketsOptions {
  sockets: number;
  /** Duration of the measurement of idle sockets. */
  seconds: number;
  events: number;
}

/** Figures per socket. */
export interface LayerFigures {
  /** Bytes of an idle socket. */
  idle: MemoryInUse;
  /** CPU microseconds per second of an idle socket. */
  idleProcessor: number;
  /** Bytes of a socket with a subscription. */
  subscribed: MemoryInUse;
  /** CPU microseconds of an event to one socket. */
  eventProcessor: number;
}

/** @throws Error if an event does not reach every socket */
export async function measureLayer(layer: Layer, options: SocketsOptions): Promise<LayerFigures> {
  const server = await startScript<{ port: number }>('sockets/socket-server-process', { layer });
  const input: SocketClientInput = { layer, port: server.message.port, localAddress: '127.0.6.1' };
  const clients = await startScript<object>('sockets/socket-client-process', input);
  try {
    return await measureSockets(server, clients, options);
  } finally {
    await Promise.all([server.close(), clients.close()]);
  }
}

async function measureSockets(
  server: ReadyChild<object>,
  clients: ReadyChild<object>,
  { sockets, seconds, events }: SocketsOptions,
): Promise<LayerFigures> {
  const all = warmUpSockets + sockets;
  await send(clients, { type: 'connect', count: warmUpSockets });
  const alone = await memoryOf(server);
  await send(clients, { type: 'connect', count: sockets });
  const connected = await memoryOf(server);
  const idleProcessor = await processorDuring(server, () => wait(seconds * 1000));
  await send(clients, { type: 'subscribe' });
  await wait(settleMs);
  await publish(server, clients, { from: 1, to: warmUpEvents, sockets: all });
  const subscribed = await memoryOf(server);
  const range = { from: warmUpEvents + 1, to: warmUpEvents + events, sockets: all };
  const eventProcessor = await processorDuring(server, () => publish(server, clients, range));
  return {
    idle: { heap: (connected.heap - alone.heap) / sockets, resident: (connected.resident - alone.resident) / sockets },
    idleProcessor: (idleProcessor * 1000) / seconds / all,
    subscribed: bytesPerSubscription(alone, connected, subscribed, { sockets, all }),
    eventProcessor: (eventProcessor * 1000) / events / all,
  };
}

/** The sockets of the warm-up subscribe, too. */
function bytesPerSubscription(
  alone: MemoryInUse,
  connected: MemoryInUse,
  subscribed: MemoryInUse,
  { sockets, all }: { sockets: number; all: number },
): MemoryInUse {
  const bytes = (kind: keyof MemoryInUse) =>
    (connected[kind] - alone[kind]) / sockets + (subscribed[kind] - connected[kind]) / all;
  return { heap: bytes('heap'), resident: bytes('resident') };
}

async function publish(
  server: ReadyChild<object>,
  clients: ReadyChild<object>,
  { from, to, sockets }: { from: number; to: number; sockets: number },
): Promise<void> {
  for (let event = from; event <= to; event += 1) {
    await server.request({ type: 'publish', event } satisfies SocketServerRequest);
    await send(clients, { type: 'receive', events: event * sockets });
  }
}

/** CPU milliseconds of a process during some work. */
async function processorDuring({ pid }: ReadyChild<object>, work: () => Promise<unknown>): Promise<number> {
  const before = await processorTime(pid);
  await work();
  return (await processorTime(pid)) - before;
}

function memoryOf(server: ReadyChild<object>): Promise<MemoryInUse> {
  return server.request<MemoryInUse>({ type: 'memory' } satisfies SocketServerRequest);
}

function send(clients: ReadyChild<object>, request: SocketClientRequest): Promise<unknown> {
  return clients.request(request);
}

function rowOf(layer: Layer, { idle, idleProcessor, subscribed, eventProcessor }: LayerFigures): string[] {
  const kilobytes = [idle.heap, idle.resident].map((bytes) => formatFigure(bytes / 1024));
  const withStream = [subscribed.heap, subscribed.resident].map((bytes) => formatFigure(bytes / 1024));
  const isStream = layer === 'graphql-ws' || layer === 'marquee';
  return [
    names[layer],
    ...kilobytes,
    formatFigure(idleProcessor),
    ...(isStream ? withStream : ['-', '-']),
    formatFigure(eventProcessor),
  ];
}
