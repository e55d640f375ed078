import { setTimeout as wait } from 'node:timers/promises';
import type { Outcomes } from '@marquee/testkit/floods/flood';
import { type AttackClient, type Attacker, openAttackClient, repeatRequests } from './attack-client.js';

const address = '127.0.1.2';

/** 14 guests that repeat the permitted operations with the most work for a service. */
export function dearOperations(attacker: Attacker): Promise<Outcomes> {
  return repeatLargest(attacker, 14, dearFields);
}

/** 37 guests that read and search many stored posts. */
export function manyPosts(attacker: Attacker): Promise<Outcomes> {
  return repeatLargest(attacker, 37, postFields);
}

const dearFields = [
  'trending(first: 20) { likeCount replyCount author { handle } }',
  'searchActivities(query: "cover night river", first: 100) { edges { cursor } }',
  'users(search: "an", first: 100) { edges { cursor } }',
  'freelancers(filter: { search: "cover" }, first: 100) { edges { cursor } }',
  'jobs(filter: { search: "night" }, first: 100) { edges { cursor } }',
  'shows(filter: { search: "zzzz" }, first: 100) { edges { cursor } }',
];

const postFields = [
  'searchActivities(query: "cover -cover", first: 100) { edges { node { likeCount likedByMe author { handle } } } }',
  'searchActivities(query: "\\"cover cover\\"", first: 100) { edges { node { id author { handle } } } }',
  'feed(first: 100) { edges { node { likeCount replyCount author { handle } replies(first: 5) { edges { cursor } } } } }',
  'trending(first: 100) { likeCount replies(first: 10) { edges { node { author { handle } } } } }',
  'user(handle: "person_1") { activities(first: 100) { edges { node { replyCount likeCount } } } }',
];

/** Repeats the largest permitted operation with each of the fields. */
async function repeatLargest(attacker: Attacker, workers: number, fields: readonly string[]): Promise<Outcomes> {
  const client = openAttackClient(attacker.url, address);
  const found = await Promise.all(fields.map((field) => largestPermitted(client, field)));
  const documents = found.flatMap((document) => document ?? []);
  if (documents.length === 0) throw new Error('The gateway permits none of the operations.');
  const outcomes = await repeatRequests(
    attacker,
    workers,
    async (turn) => (await client.send(documents[turn % documents.length] ?? '')).outcome,
  );
  await client.close();
  return outcomes;
}

/** The operation with the most aliases of a field that is not refused. */
async function largestPermitted(client: AttackClient, field: string): Promise<string | undefined> {
  for (const count of [20, 12, 6, 3, 2, 1]) {
    const document = `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} }`;
    if ((await client.send(document)).outcome !== 'BAD_USER_INPUT') return document;
  }
  return undefined;
}

/** Operations that the gateway has not seen before: valid ones, refused ones, and ones with a large number of fetches. */
export async function newDocuments(attacker: Attacker): Promise<Outcomes> {
  const client = openAttackClient(attacker.url, address);
  const outcomes = await repeatRequests(attacker, 20, async (turn) => {
    const document = newDocument[turn % newDocument.length]?.(turn) ?? '';
    return (await client.send(document)).outcome;
  });
  await client.close();
  return outcomes;
}

const newDocument: readonly ((turn: number) => string)[] = [
  (turn) =>
    `query n${turn} { ${Array.from({ length: 5 }, (_, index) => `a${index}: taxonomy { a${turn}: label }`).join(' ')} }`,
  (turn) => `query n${turn} { jobs(first: 1) { edges { node { missing${turn} } } } }`,
  (turn) => `query n${turn} { jobs(first: 2) { edges { node { ${fetchChain(turn)} } } } }`,
  (turn) => `query n${turn} { ${'feed { edges { node { '.repeat(30)} id ${'} } }'.repeat(30)} }`,
];

/** Fields that alternate between services: each alias is a fetch of its own. */
function fetchChain(turn: number): string {
  const show = `show { addedBy { activities(first: 1) { edges { node { author { handle } } } } } }`;
  return Array.from(
    { length: 6 + (turn % 2) * 6 },
    (_, index) => `n${turn}_${index}: poster { handle } s${index}: ${show}`,
  ).join(' ');
}

/** Guests that leave soon after they have sent a slow operation, and that send the internal headers of services. */
export async function cancelledRequests(attacker: Attacker): Promise<Outcomes> {
  const client = openAttackClient(attacker.url, address);
  const headers = { 'x-marquee-timeout': '1', 'x-marquee-work': 'cpu=0', 'x-marquee-caller': 'a.b.c' };
  const outcomes = await repeatRequests(attacker, 20, async (turn) => {
    const leaving = new AbortController();
    const search = `{ searchActivities(query: "cover -cover${turn}", first: 100) { edges { node { author { handle } } } } }`;
    const [answer] = await Promise.all([
      client.send(search, { headers, signal: leaving.signal }),
      wait(5 + (turn % 10) * 5).then(() => leaving.abort()),
    ]);
    return answer.outcome;
  });
  await client.close();
  return outcomes;
}
