/** A process with many clients, so that they do not share the event loop of the measurement. */
import { setTimeout as wait } from 'node:timers/promises';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { answerRequests, readInput, reportReady } from '../measuring/child-processes.js';
import { BroadcastClient } from './broadcast-client.js';

/** The input of the process. */
export interface BroadcastClientInput {
  url: string;
  /** The loopback address of all its clients. */
  localAddress: string;
}

/** The requests of the parent. */
export type BroadcastClientRequest =
  | { type: 'connect'; tokens: (string | null)[] }
  | { type: 'subscribe' }
  | { type: 'receive'; change: number; timeoutMs: number }
  | { type: 'allow-reconnects' };

/** The answer to `receive`: when every client had received the change, or after the timeout. */
export interface Receipts {
  /** When each client received it, in milliseconds of `monotonicTime`. */
  times: number[];
  /** Number of clients that did not receive it. */
  missing: number;
  /** Unexpected messages and closed sockets since the start, at most ten. */
  faults: string[];
}

/** Sockets that are opened concurrently. */
const connectConcurrency = 25;

const maxFaults = 10;

const input = readInput<BroadcastClientInput>();
const clients: BroadcastClient[] = [];
const faults: string[] = [];
let reconnectsAllowed = false;

answerRequests(answer);
reportReady({});

async function answer(request: BroadcastClientRequest): Promise<Receipts | undefined> {
  switch (request.type) {
    case 'connect':
      await mapWithConcurrency(request.tokens, connectConcurrency, connect);
      return undefined;
    case 'subscribe':
      for (const client of clients) client.subscribe();
      return undefined;
    case 'receive':
      return receive(request.change, request.timeoutMs);
    case 'allow-reconnects':
      reconnectsAllowed = true;
      return undefined;
  }
}

async function connect(token: string | null): Promise<void> {
  const client = new BroadcastClient({
    ...input,
    token,
    mayReconnect: () => reconnectsAllowed,
    onFault: (fault) => faults.length < maxFaults && faults.push(fault),
  });
  clients.push(client);
  await client.connect();
}

async function receive(change: number, timeoutMs: number): Promise<Receipts> {
  const hasReceived = ({ lastChange }: BroadcastClient) => lastChange !== undefined && lastChange >= change;
  for (const deadline = performance.now() + timeoutMs; !clients.every(hasReceived); await wait(10))
    if (performance.now() > deadline) break;
  const times = clients.filter(hasReceived).map(({ lastEventAt }) => lastEventAt);
  return { times, missing: clients.length - times.length, faults };
}
