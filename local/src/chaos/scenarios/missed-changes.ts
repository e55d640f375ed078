import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../../fleet/fleet.js';
import { openDrillFleet } from '../delivery-drill.js';
import { formatProblems } from '../delivery-report.js';
import { type Conversation, createDrillUsers, type DrillUser, startConversation } from '../drill-users.js';
import { replicasOf } from '../failure-actions.js';
import { sendRequest } from '../graphql-request.js';
import { type InboxReader, openInboxReader, readInbox } from '../inbox-readers.js';
import { type Random, seededRandom } from '@marquee/testkit/seeded-random';
import { sendToAll } from '../senders.js';
import type { DrillReport, Scenario, ScenarioContext } from './scenario.js';

/** Numbers of participants, of conversations, and of messages in each before the changes. */
const sizes = { users: 6, conversations: 3, messages: 5 };

/** Milliseconds after the return of Redis in which every reader must have the current state. */
const limitMs = 20_000;

/** Read marks and participants change while Redis is down, so that no notification is delivered, and replicas restart. */
export const missedChanges: Scenario = { name: 'changes', run: runMissedChanges };

async function runMissedChanges(context: ScenarioContext): Promise<DrillReport> {
  const { options, closers, log } = context;
  const random = seededRandom(options.seed);
  const { fleet, stores } = await openDrillFleet({ sizes: { users: 1, jobs: 1, messaging: 2, gateway: 2 } }, context);
  const users = await createDrillUsers(fleet, 2 * sizes.users);
  const conversations: Conversation[] = [];
  for (let number = 1; number <= sizes.conversations; number += 1)
    conversations.push(await startConversation(fleet, users.slice(0, sizes.users), `Drill ${number}`));
  const readers = users.slice(0, sizes.users).map((user) => openInboxReader(fleet, user));
  for (const reader of readers) closers.add(reader);
  await wait(1_000);
  await sendToAll(fleet, conversations, sizes.messages, 0, 1);
  await waitUntilCurrent(fleet, readers);
  log('redis is killed');
  await stores.redis.process.kill();
  await Promise.all([
    change({ fleet, users, conversations, random, count: options.changes }),
    ...['messaging', 'gateway'].map((name) => restartOne(fleet, name, log)),
  ]);
  log(`${options.changes} changes are made`);
  await stores.redis.process.start();
  const started = performance.now();
  const outdated = await waitUntilCurrent(fleet, readers);
  return report(readers, outdated, options.changes, performance.now() - started);
}

function report(
  readers: readonly InboxReader[],
  outdated: readonly string[],
  changes: number,
  milliseconds: number,
): DrillReport {
  const problems = [...outdated, ...readers.flatMap(({ errors }) => errors)];
  const seconds = (milliseconds / 1_000).toFixed(1);
  const lines = [
    `${changes} read marks and changes of participants; ${readers.length} readers were current after ${seconds} s`,
    ...formatProblems(problems),
    problems.length === 0 ? 'No reader missed a change.' : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}

/** Readers resume from their cursors. */
async function restartOne(fleet: Fleet, name: string, log: ScenarioContext['log']): Promise<void> {
  const [replica] = replicasOf(fleet, name);
  await replica?.terminate();
  await replica?.start();
  log(`${name} is restarted`);
}

interface ChangeOptions {
  fleet: Fleet;
  users: readonly DrillUser[];
  conversations: readonly Conversation[];
  random: Random;
  count: number;
}

/** Most changes are read marks; the others add a user who then leaves, or stays. */
async function change({ fleet, users, conversations, random, count }: ChangeOptions): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const { id: conversationId, participants } = random.pick(conversations);
    const { token } = random.pick(participants);
    const mark = { conversationId, sequence: 1 + random.below(sizes.messages) };
    const guest = random.pick(users.slice(sizes.users));
    if (number % 4 > 0) await send(fleet, token, 'markRead', mark);
    else await send(fleet, token, 'addParticipants', { conversationId, participantIds: [guest.id] });
    if (number % 8 === 0) await send(fleet, guest.token, 'leaveConversation', { conversationId });
  }
}

async function send(fleet: Fleet, token: string, name: string, input: object): Promise<void> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { __typename } }`;
  while ((await sendRequest(fleet.url, token, document, { input })) === undefined) await wait(100);
}

/** Waits until every reader has the stored state of each conversation. @returns a sentence for each difference that stays */
async function waitUntilCurrent(fleet: Fleet, readers: readonly InboxReader[]): Promise<string[]> {
  for (const deadline = performance.now() + limitMs; ;) {
    const differences = (await Promise.all(readers.map((reader) => differencesOf(fleet, reader)))).flat();
    if (differences.length === 0 || performance.now() > deadline) return differences;
    await wait(250);
  }
}

async function differencesOf(fleet: Fleet, { user, latest }: InboxReader): Promise<string[]> {
  const stored = await readInbox(fleet, user);
  return stored
    .filter((conversation) => JSON.stringify(latest.get(conversation.id)) !== JSON.stringify(conversation))
    .map(
      (conversation) =>
        `${user.sub} has ${JSON.stringify(latest.get(conversation.id))} instead of ${JSON.stringify(conversation)}`,
    );
}
