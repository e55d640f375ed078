import { setTimeout as wait } from 'node:timers/promises';
import { describeErrors, sendOnce } from '../chaos/graphql-request.js';
import type { DrillSetup } from '../chaos/drill-users.js';
import type { Random } from '@marquee/testkit/seeded-random';
import type { SentMessage } from '../chaos/senders.js';
import type { Fleet } from '../fleet/fleet.js';
import { type SchemaChange, schemaChanges, newerQuery } from './schema-changes.js';

/** Clients that send requests continuously, without retries. */
export interface RequestLoad {
  /** Adds the query of a schema change to the load. */
  addQueryOf(change: SchemaChange): void;
  /** Removes it. Resolves once no request with it is in flight. */
  removeQueryOf(change: SchemaChange): Promise<void>;
  /** Stops the clients. @returns their combined result */
  stop(): Promise<LoadResult>;
}

export interface LoadResult {
  requests: number;
  /** Latencies in milliseconds. */
  times: number[];
  sent: SentMessage[];
  /** A description of each failed request. */
  failures: string[];
  /** Duration of the load. */
  seconds: number;
}

export interface LoadOptions {
  fleet: Fleet;
  setup: DrillSetup;
  random: Random;
  /** Requests per second, of all clients together. */
  rate: number;
}

/**
 * Clients that share the rate. Each has one request in flight and catches up after a delay, so that a slow machine is not
 * overloaded.
 */
const clientCount = 50;

/** One of this many requests sends a message; the others are queries. */
const requestsPerMessage = 10;

export function startRequestLoad(options: LoadOptions): RequestLoad {
  const result: LoadResult = { requests: 0, times: [], sent: [], failures: [], seconds: 0 };
  const [queries, inFlight] = [schemaChanges.map((change) => change.query('')), new Set<Promise<void>>()];
  const stopping = new AbortController();
  const started = performance.now();
  const clients = Array.from({ length: clientCount }, () => runClient({ ...options, random: options.random.branch() }));
  return {
    addQueryOf: (change) => void queries.push(newerQuery(change)),
    async removeQueryOf(change) {
      queries.splice(queries.indexOf(newerQuery(change)), 1);
      await Promise.all(inFlight);
    },
    async stop() {
      stopping.abort();
      result.seconds = (performance.now() - started) / 1_000;
      await Promise.all(clients);
      return result;
    },
  };

  async function runClient(own: LoadOptions): Promise<void> {
    const pause = (1_000 * clientCount) / own.rate;
    for (let due = started + own.random.between(0, pause); !stopping.signal.aborted; due += pause) {
      await wait(Math.max(0, due - performance.now()));
      const isMessage = own.random.below(requestsPerMessage) === 0;
      const sent = isMessage ? sendMessage(own, result) : read(own, result, own.random.pick(queries));
      inFlight.add(sent);
      await sent.finally(() => inFlight.delete(sent));
    }
  }
}

async function read({ fleet, setup, random }: LoadOptions, result: LoadResult, query: string): Promise<void> {
  await sendAndRecord(fleet, result, random.pick(setup.users).token, query, {});
}

async function sendMessage({ fleet, setup, random }: LoadOptions, result: LoadResult): Promise<void> {
  const { id: conversationId, participants } = random.pick(setup.conversations);
  const { sub, token } = random.pick(participants);
  const body = `${sub} says ${result.requests}`;
  const input = { conversationId, body };
  const data = await sendAndRecord<{ sendMessage: { message: { sequence: number } } }>(fleet, result, token, sending, {
    input,
  });
  if (!data) return;
  result.sent.push({
    conversationId,
    body,
    sequence: data.sendMessage.message.sequence,
    answeredAt: performance.now(),
  });
}

const sending = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { sequence } } }';

async function sendAndRecord<Data>(
  { url }: Fleet,
  result: LoadResult,
  token: string,
  query: string,
  variables: object,
): Promise<Data | undefined> {
  const started = performance.now();
  result.requests += 1;
  const { data, errors } = await sendOnce<Data>(url, token, query, variables);
  result.times.push(performance.now() - started);
  if (!errors) return data;
  result.failures.push(`${query.slice(0, 40)} ...: ${describeErrors(errors)}`);
  return undefined;
}
