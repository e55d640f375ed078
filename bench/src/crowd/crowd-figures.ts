import { setTimeout as wait } from 'node:timers/promises';
import { monotonicTime } from '../measuring/monotonic-time.js';
import { BroadcastClients } from './broadcast-clients.js';
import type { Receipts } from './broadcast-client-process.js';
import type { CrowdGraph } from './crowd-graph.js';

/** The figures of clients that all have the same subscription. */
export interface CrowdFigures {
  clients: number;
  /** Streams of the gateway to the services while all clients are subscribed. */
  streams: number;
  /** The gateway before the first client. */
  alone: IdleGateway;
  /** With a socket of each client. */
  connected: IdleGateway;
  /** With a subscription over each socket. */
  subscribed: IdleGateway;
  events: EventFigures;
  herd: HerdFigures;
}

/** The gateway while no event occurs. */
interface IdleGateway {
  /** Resident MB after garbage collections. */
  memory: number;
  /** CPU milliseconds per second. */
  processor: number;
}

/** Milliseconds from the request of a change, one change at a time. */
interface EventFigures {
  /** Until the event was at a client, of each client and event. */
  times: number[];
  /** Until the event was at the last client, of each event. */
  lastTimes: number[];
  /** CPU milliseconds of the gateway per event, the request of the change included. */
  processor: number;
}

/** All clients connect again after the gateway was ended with SIGKILL. */
interface HerdFigures {
  /** Seconds from the end of the gateway until it was ready again. */
  ready: number;
  /** Seconds from the end of the gateway until each client received the change that was made once it was ready. */
  times: number[];
  /** CPU milliseconds of the new process until then, its start included. */
  processor: number;
  /** Streams of the gateway to the services then. */
  streams: number;
}

export interface CrowdOptions {
  /** The access token of each client; null for a guest. */
  tokens: readonly (string | null)[];
  /** Duration of each measurement without events. */
  seconds: number;
  /** Number of measured changes. */
  events: number;
  /** Maximum of garbage collections before a reading of the memory, which end once it no longer falls. Default: 30. */
  collections?: number;
}

/** The resident memory after the start falls by more than half, at this interval within about ten collections. */
const maxCollections = 30;
const collectionIntervalMs = 4_000;

/** Collections after which the memory has not fallen by more than these MB: it no longer falls. */
const [stableCollections, toleratedMegabytes] = [4, 1];

/** Clients that load the code of the gateway before the measurement. */
const warmUpClients = 20;

/** Events before the measured ones, which compile the code that delivers them. */
const warmUpEvents = 10;

/** Milliseconds that an event may take to reach all clients. */
const deliveryTimeoutMs = 30_000;

/** Milliseconds in which all subscriptions must be active, also after the restart. */
const activationTimeoutMs = 180_000;

/** Milliseconds in which an event is expected if all subscriptions are active. */
const activeTimeoutMs = 3_000;

/** Milliseconds in which a doubled event would arrive, and in which the gateway closes streams without subscribers. */
const settleMs = 1_000;

/** @throws Error if an event does not reach every client exactly once, or a client does not return after the restart */
export async function measureCrowd(graph: CrowdGraph, options: CrowdOptions): Promise<CrowdFigures> {
  const { tokens } = options;
  await warmUp(graph, tokens);
  const clients = await BroadcastClients.open(graph.system.url, tokens);
  try {
    const alone = await observeIdle(graph, options);
    await clients.connect();
    const connected = await observeIdle(graph, options);
    await activate(graph, clients);
    const subscribed = await observeIdle(graph, options);
    const streams = await graph.upstreamStreams();
    await measureEvents(graph, clients, Math.min(options.events, warmUpEvents));
    const events = await measureEvents(graph, clients, options.events);
    const herd = await measureHerd(graph, clients);
    await checkSettled(graph, clients);
    return { clients: tokens.length, streams, alone, connected, subscribed, events, herd };
  } finally {
    await clients.close();
  }
}

async function warmUp(graph: CrowdGraph, tokens: CrowdOptions['tokens']): Promise<void> {
  const clients = await BroadcastClients.open(graph.system.url, tokens.slice(0, warmUpClients));
  try {
    await clients.connect();
    await activate(graph, clients);
  } finally {
    await clients.close();
  }
  await wait(settleMs);
}

/** Subscribes, and changes the show until each subscription has delivered an event. */
async function activate(graph: CrowdGraph, clients: BroadcastClients): Promise<void> {
  await clients.subscribe();
  for (const deadline = performance.now() + activationTimeoutMs; ;) {
    const { missing, faults } = await clients.receive(await graph.show.change(), activeTimeoutMs);
    if (faults.length > 0) throw new Error(describeFaults(faults));
    if (missing === 0) return;
    if (performance.now() > deadline) throw new Error(`${missing} subscriptions are not active.`);
  }
}

async function observeIdle(graph: CrowdGraph, { seconds, collections }: CrowdOptions): Promise<IdleGateway> {
  await wait(settleMs);
  const before = await graph.processorTime();
  await wait(seconds * 1000);
  const processor = ((await graph.processorTime()) - before) / seconds;
  return { processor, memory: await settledMemory(graph, collections) };
}

async function settledMemory(graph: CrowdGraph, collections = maxCollections): Promise<number> {
  let memory = await graph.memory();
  let stable = 0;
  for (let times = 0; times < collections && stable < stableCollections; times += 1) {
    await wait(collectionIntervalMs);
    const current = await graph.memory();
    stable = current < memory - toleratedMegabytes ? 0 : stable + 1;
    memory = current;
  }
  return memory;
}

async function measureEvents(graph: CrowdGraph, clients: BroadcastClients, events: number): Promise<EventFigures> {
  const [times, lastTimes]: [number[], number[]] = [[], []];
  const before = await graph.processorTime();
  for (let event = 0; event < events; event += 1) {
    const sent = monotonicTime();
    const receipts = await changeAndReceive(graph, clients, deliveryTimeoutMs);
    for (const time of receipts) times.push(time - sent);
    lastTimes.push(latest(receipts) - sent);
  }
  return { times, lastTimes, processor: ((await graph.processorTime()) - before) / events };
}

async function measureHerd(graph: CrowdGraph, clients: BroadcastClients): Promise<HerdFigures> {
  await clients.allowReconnects();
  const killed = monotonicTime();
  await graph.system.restart('gateway');
  const ready = monotonicTime();
  const receipts = await changeAndReceive(graph, clients, activationTimeoutMs);
  const processor = await graph.processorTime();
  const times = receipts.map((time) => (time - killed) / 1000);
  await wait(settleMs);
  return { ready: (ready - killed) / 1000, times, processor, streams: await graph.upstreamStreams() };
}

/** Changes the show once. @returns when each client received the event @throws Error if not all did, exactly once */
async function changeAndReceive({ show }: CrowdGraph, clients: BroadcastClients, timeoutMs: number): Promise<number[]> {
  const [receipts] = await Promise.all([clients.receive(show.next(), timeoutMs), show.change()]);
  check(receipts);
  return receipts.times;
}

/** A doubled event may arrive after the last measurement. */
async function checkSettled({ show }: CrowdGraph, clients: BroadcastClients): Promise<void> {
  await wait(settleMs);
  check(await clients.receive(show.next() - 1, 0));
}

function check({ missing, faults }: Receipts): void {
  if (missing > 0) throw new Error([`${missing} clients did not receive an event.`, describeFaults(faults)].join(' '));
  if (faults.length > 0) throw new Error(describeFaults(faults));
}

function describeFaults(faults: readonly string[]): string {
  return faults.length > 0 ? `Clients received: ${[...new Set(faults)].join('; ')}` : '';
}

function latest(times: readonly number[]): number {
  return times.reduce((last, time) => Math.max(last, time), 0);
}
