import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { countOutcomes, type Outcomes } from '@marquee/testkit/floods/flood';
import { WebSocket } from 'ws';
import { words } from '../word-lists.js';
import { type AttackClient, type Attacker, isOver, openAttackClient } from './attack-client.js';
import { hiringSub } from './user-attacks.js';

const socketCount = 20;
const subscriptionsPerSocket = 100;

/** Guests at different addresses, each with a hundred subscriptions to jobs that match a filter, while jobs are published. */
export async function filteredSubscriptions(attacker: Attacker): Promise<Outcomes> {
  const outcomes: string[] = [];
  const sockets = await Promise.all(
    Array.from({ length: socketCount }, (_, index) => openSocket(attacker.url, `127.0.2.${index + 2}`, outcomes)),
  );
  for (let id = 0; id < subscriptionsPerSocket; id += 1)
    for (const [index, socket] of sockets.entries()) socket?.send(subscription(index, id));
  await publishJobs(attacker, outcomes);
  for (const socket of sockets) socket?.terminate();
  return countOutcomes(outcomes);
}

/** Every filter is different, and half of them match every job that is published. */
function subscription(socket: number, id: number): string {
  const word = words[id % words.length];
  const filter = id % 2 === 0 ? { search: `open -s${socket}x${id}` } : { search: `${word} s${socket}x${id}` };
  const query = 'subscription ($filter: JobFilter) { jobPublished(filter: $filter) { id title poster { handle } } }';
  return JSON.stringify({ type: 'subscribe', id: String(id), payload: { query, variables: { filter } } });
}

/** Sockets of guests at one address, more than it may have. */
export async function manySockets(attacker: Attacker): Promise<Outcomes> {
  const outcomes: string[] = [];
  const sockets: (WebSocket | undefined)[] = [];
  while (!isOver(attacker, outcomes) && sockets.length < 600) {
    const opened = Array.from({ length: 25 }, () => openSocket(attacker.url, '127.0.3.2', outcomes));
    sockets.push(...(await Promise.all(opened)));
  }
  while (!attacker.signal.aborted) await wait(20);
  for (const socket of sockets) socket?.terminate();
  return countOutcomes(outcomes);
}

/** Opens the socket of a guest; undefined if it is refused. */
async function openSocket(url: string, localAddress: string, outcomes: string[]): Promise<WebSocket | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress });
  const opened = once(socket, 'open').then(
    () => true,
    (failure: Error) => {
      outcomes.push(/\b\d{3}\b/.exec(failure.message)?.[0] ?? 'cut');
      return false;
    },
  );
  if (!(await opened)) return undefined;
  socket.on('error', () => outcomes.push('cut'));
  socket.on('message', (data: Buffer) => outcomes.push(outcomeOf(data.toString())));
  socket.on('close', (code) => code !== terminated && outcomes.push(String(code)));
  socket.send('{"type":"connection_init"}');
  return socket;
}

/** The close code of a socket that this process has terminated. */
const terminated = 1006;

function outcomeOf(text: string): string {
  const { type, payload } = JSON.parse(text) as { type: string; payload?: { extensions?: { code: string } }[] };
  return type === 'error' ? (payload?.[0]?.extensions?.code ?? 'no code') : type;
}

const job = { title: 'An open position', summary: 'A cover at night.' };

/** Publishes jobs until the attack is over. */
async function publishJobs(attacker: Attacker, outcomes: string[]): Promise<void> {
  const [poster, reviewer] = [hiringSub, 'dev-reviewer-001'].map((sub) =>
    openAttackClient(attacker.url, '127.0.1.5', attacker.tokens[sub]),
  ) as [AttackClient, AttackClient];
  const { data } = await poster.send('{ taxonomy(category: PROJECT_TYPE) { id } }');
  const projectTypeId = (data as { taxonomy: { id: string }[] }).taxonomy[0]?.id;
  while (!isOver(attacker, outcomes)) {
    outcomes.push(`published ${await publishJob(poster, reviewer, { ...job, projectTypeId })}`);
    await wait(100);
  }
  await Promise.all([poster.close(), reviewer.close()]);
}

async function publishJob(poster: AttackClient, reviewer: AttackClient, input: object): Promise<string> {
  const draft = 'mutation ($input: DraftJobInput!) { draftJob(input: $input) { job { id } } }';
  const act = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { id } } }';
  const { outcome, data } = await poster.send(draft, { variables: { input } });
  if (outcome !== 'ok') return outcome;
  const jobId = (data as { draftJob: { job: { id: string } } }).draftJob.job.id;
  await poster.send(act, { variables: { input: { jobId, action: 'SUBMIT' } } });
  return (await reviewer.send(act, { variables: { input: { jobId, action: 'APPROVE' } } })).outcome;
}
