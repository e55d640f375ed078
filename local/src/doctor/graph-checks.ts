import { setTimeout as wait } from 'node:timers/promises';
import type { Check, Finding } from './examination.js';

/** Milliseconds that the graph has to answer. */
const answerMs = 10_000;

/** Milliseconds in which a stream must send something. Heartbeats follow every 12 s. */
const streamMs = 30_000;

/** A service may just be replaced: the deployment of one service must not fail because of that of another. */
const statusAttempts = 6;
const statusPauseMs = 2_000;

/** The categories without which no job can be drafted and no profile submitted. */
const requiredCategories = ['AUDIENCE', 'PROJECT_TYPE', 'STYLE'] as const;

/** The answer of a graph to an operation. */
export interface GraphAnswer {
  data: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string; service?: string } }[];
}

/** Sends an operation to a graph. @throws Error if it does not answer with GraphQL */
export async function queryGraph(url: string, query: string, token?: string): Promise<GraphAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(answerMs),
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as GraphAnswer;
  } catch {
    throw new Error(`${url}/graphql answered ${response.status} without JSON`);
  }
}

/** Whether a guest gets data of every service that guests may query. */
export function answersCheck(url: string, remedy: string): Check {
  return {
    subject: 'graph',
    async examine() {
      const query =
        '{ shows(first: 1) { edges { cursor } } taxonomy(category: STYLE) { id } feed(first: 1) { edges { cursor } } }';
      const { errors } = await queryGraph(url, query);
      const [error] = errors ?? [];
      if (!error) return { found: `${url} answers a guest` };
      return { lack: `${url} answers a guest with the error "${error.message}"`, remedy };
    },
  };
}

/** The checks that need nothing but the address of a graph. */
export function graphChecks(url: string): Check[] {
  return [
    answersCheck(url, 'Read the log of the gateway.'),
    { subject: 'services', examine: () => services(url) },
    { subject: 'taxonomy', examine: () => publicTaxonomy(url) },
    { subject: 'live stream', examine: () => liveStream(url) },
  ];
}

async function services(url: string, attempt = 1): Promise<Finding> {
  const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(answerMs) });
  const { services: found } = (await response.json()) as { services: { name: string; state: string }[] };
  const others = found.filter(({ state }) => state !== 'ready').map(({ name, state }) => `${name} (${state})`);
  if (others.length === 0) return { found: found.map(({ name }) => name).join(', ') };
  if (attempt === statusAttempts)
    return { lack: `not ready: ${others.join(', ')}`, remedy: 'Read the logs of these services.' };
  await wait(statusPauseMs);
  return services(url, attempt + 1);
}

async function publicTaxonomy(url: string): Promise<Finding> {
  const { data } = await queryGraph(url, '{ taxonomy { category } }');
  const active = new Map<string, number>();
  for (const { category } of (data?.['taxonomy'] ?? []) as { category: string }[])
    active.set(category, (active.get(category) ?? 0) + 1);
  return taxonomyFinding(active, 'Migrations of the service jobs add terms. An ADMIN activates them.');
}

/** A stream that works sends a heartbeat or an event, and no error. */
async function liveStream(url: string): Promise<Finding> {
  const remedy = 'Read the log of the gateway: it says why a subscription to a subgraph is lost.';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { activityAdded { id } }' }),
    signal: AbortSignal.timeout(streamMs),
  });
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  const text = new TextDecoder().decode(first?.value as Uint8Array | undefined);
  if (response.ok && text !== '' && !text.includes('"errors"')) return { found: 'a stream of a guest is open' };
  return { lack: `a stream answers ${response.status} with "${text.slice(0, 200)}"`, remedy };
}

/** Compares the number of active terms of each category with what people need. */
export function taxonomyFinding(active: ReadonlyMap<string, number>, remedy: string): Finding {
  const empty = requiredCategories.filter((category) => !active.get(category));
  if (empty.length > 0) return { lack: `no active term of the category ${empty.join(', ')}`, remedy };
  const total = [...active.values()].reduce((sum, count) => sum + count, 0);
  return { found: `${total} active terms in ${active.size} categories` };
}
