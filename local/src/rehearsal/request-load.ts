import { setTimeout as wait } from 'node:timers/promises';
import { describeErrors, sendOnce } from '../chaos/graphql-request.js';
import type { DrillUsers } from '../chaos/drill-users.js';
import type { Random } from '../chaos/seeded-random.js';
import type { SentMessage } from '../chaos/senders.js';
import type { Fleet } from '../fleet/fleet.js';
import { type SchemaChange, schemaChanges, newerQuery } from './schema-changes.js';

/** Clients that ask all the time, each request once. */
export interface RequestLoad {
  /** From now on they ask for what is new in it, too. */
  addQueryOf(change: SchemaChange): void;
  /** Lets them go, and returns what they have seen. */
  stop(): Promise<LoadResult>;
}

export interface LoadResult {
  requests: number;
  /** Milliseconds that each answer took. */
  times: number[];
  sent: SentMessage[];
  /** Requests that failed, in words. */
  failures: string[];
  /** How long they have asked. */
  seconds: number;
}

export interface LoadOptions {
  fleet: Fleet;
  population: DrillUsers;
  random: Random;
  /** Requests a second, all in all. */
  rate: number;
}

/**
 * Clients that share the rate, each with one request at a time: who falls behind catches up, and a machine that cannot
 * serve the rate is not buried under it.
 */
const clientCount = 50;

/** One request of so many sends a message; the others read. */
const readsPerMessage = 10;

export function startRequestLoad(options: LoadOptions): RequestLoad {
  const seen: LoadResult = { requests: 0, times: [], sent: [], failures: [], seconds: 0 };
  const queries = schemaChanges.map((change) => change.query(''));
  const stopping = new AbortController();
  const started = performance.now();
  const clients = Array.from({ length: clientCount }, () => ask({ ...options, random: options.random.branch() }));
  return {
    addQueryOf: (change) => void queries.push(newerQuery(change)),
    async stop() {
      stopping.abort();
      seen.seconds = (performance.now() - started) / 1_000;
      await Promise.all(clients);
      return seen;
    },
  };

  async function ask(own: LoadOptions): Promise<void> {
    const pause = (1_000 * clientCount) / own.rate;
    for (let due = started + own.random.between(0, pause); !stopping.signal.aborted; due += pause) {
      await wait(Math.max(0, due - performance.now()));
      if (own.random.below(readsPerMessage) === 0) await sendMessage(own, seen);
      else await read(own, seen, own.random.pick(queries));
    }
  }
}

async function read({ fleet, population, random }: LoadOptions, seen: LoadResult, query: string): Promise<void> {
  await sendAndRecord(fleet, seen, random.pick(population.users).token, query, {});
}

async function sendMessage({ fleet, population, random }: LoadOptions, seen: LoadResult): Promise<void> {
  const { id: conversationId, participants } = random.pick(population.conversations);
  const { sub, token } = random.pick(participants);
  const body = `${sub} says ${seen.requests}`;
  const input = { conversationId, body };
  const data = await sendAndRecord<{ sendMessage: { message: { sequence: number } } }>(fleet, seen, token, sending, {
    input,
  });
  if (!data) return;
  seen.sent.push({ conversationId, body, sequence: data.sendMessage.message.sequence, answeredAt: performance.now() });
}

const sending = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { sequence } } }';

async function sendAndRecord<Data>(
  { url }: Fleet,
  seen: LoadResult,
  token: string,
  query: string,
  variables: object,
): Promise<Data | undefined> {
  const started = performance.now();
  seen.requests += 1;
  const { data, errors } = await sendOnce<Data>(url, token, query, variables);
  seen.times.push(performance.now() - started);
  if (!errors) return data;
  seen.failures.push(`${query.slice(0, 40)} ...: ${describeErrors(errors)}`);
  return undefined;
}
