import { setTimeout as wait } from 'node:timers/promises';
import { page } from '../graph/page-operation.js';
import { type Answer, type AttackClient, openAttackClient } from './attack-client.js';
import { victimSub } from './user-attacks.js';

/** The experience of regular users during a measurement. */
export interface RegularUse {
  /** Milliseconds that each response of a page took. */
  times: number[];
  /** Milliseconds of each first sign-in. */
  signInTimes: number[];
  /** Responses with errors, or without the expected data. */
  failures: string[];
}

interface RegularGraph {
  url: string;
  token(sub: string): Promise<string>;
}

/** Users that read a page and their inbox, and the milliseconds between two visits of each. */
const readers = [victimSub, 'dev-freelancer-001', 'dev-freelancer-002', 'dev-freelancer-003', 'bench-1', 'bench-2'];
const intervalMs = 800;

/** Milliseconds between two first sign-ins. */
const signInIntervalMs = 500;

/** The conversations of a user, which others may have started. A participant is null only if the user cannot be loaded. */
const inbox = `{ conversations(first: 10) { edges { node {
  id participants { handle } lastMessage { body sender { handle } } job { title } } } } }`;

/**
 * Reads pages and inboxes of signed-in users, each at an address of its own, and signs new users in until `meanwhile`
 * settles. Every sign-in is an operation that the gateway has not seen before.
 */
export async function observeRegularUse(graph: RegularGraph, meanwhile: Promise<unknown>): Promise<RegularUse> {
  const use: RegularUse = { times: [], signInTimes: [], failures: [] };
  const end = new AbortController();
  const users = readers.map(async (sub, index) => {
    await wait((index * intervalMs) / readers.length);
    const client = openAttackClient(graph.url, `127.0.0.${index + 10}`, await graph.token(sub));
    while (!end.signal.aborted) await readPage(client, use);
    await client.close();
  });
  const ended = Promise.all([...users, signInUntil(end.signal, graph, use)]);
  await meanwhile;
  end.abort();
  await ended;
  return use;
}

let turns = 0;

async function readPage(client: AttackClient, { times, failures }: RegularUse): Promise<void> {
  const started = performance.now();
  const shown = await client.send(page.document, { variables: page.variables((turns += 1)) });
  times.push(performance.now() - started);
  failures.push(...failureOf('page', shown, isWholePage));
  failures.push(...failureOf('inbox', await client.send(inbox), isWholeInbox));
  await wait(intervalMs);
}

function isWholePage(data: unknown): boolean {
  const { me, feed, shows } = data as { me: unknown; feed: { edges: unknown[] }; shows: unknown };
  return me !== null && feed.edges.length > 0 && shows !== null;
}

function isWholeInbox(data: unknown): boolean {
  const { conversations } = data as { conversations: { edges: { node: { participants: unknown[] } }[] } };
  return conversations.edges.every(({ node }) => !node.participants.includes(null));
}

function isSignedIn(data: unknown): boolean {
  return (data as { me: unknown }).me !== null;
}

let signIns = 0;

async function signInUntil(signal: AbortSignal, graph: RegularGraph, use: RegularUse): Promise<void> {
  while (!signal.aborted) {
    const sub = `newcomer-${process.pid}-${(signIns += 1)}`;
    const client = openAttackClient(graph.url, '127.0.0.9', await graph.token(sub));
    const started = performance.now();
    const answer = await client.send(`query SignIn${signIns} { me { id handle } }`);
    use.signInTimes.push(performance.now() - started);
    use.failures.push(...failureOf('sign-in', answer, isSignedIn));
    await client.close();
    await wait(signInIntervalMs, undefined, { signal }).catch(() => undefined);
  }
}

function failureOf(name: string, { outcome, data }: Answer, isComplete: (data: unknown) => boolean): string[] {
  if (outcome !== 'ok') return [`${name}: ${outcome}`];
  return isComplete(data) ? [] : [`${name}: data is missing`];
}
