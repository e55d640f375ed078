import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../../fleet/fleet.js';
import { cpuSeconds } from '../../process/identity.js';
import { openDrillFleet } from '../delivery-drill.js';
import { findProblems } from '../delivery-checks.js';
import { formatProblems } from '../delivery-report.js';
import { type Conversation, createDrillUsers, startConversation } from '../drill-users.js';
import { replicasOf } from '../failure-actions.js';
import { sendToAll, type SentMessage } from '../senders.js';
import { readStoredMessages } from '../stored-messages.js';
import { openPrivateSubscribers, type Subscriber, waitForDelivery } from '../subscribers.js';
import type { DrillReport, Scenario, ScenarioContext } from './scenario.js';

/** The maximum number of participants of a conversation. */
const maxParticipants = 50;

/** Milliseconds in which every stream must have recovered, and in which all must have started before. */
const [recoveryMs, startMs] = [30_000, 120_000];

/** Milliseconds after the recovery in which CPU time is measured, and the limit as a share of a core. */
const [quietMs, quietShare] = [15_000, 0.5];

/** The only replica of messaging is killed under private streams: every caller and conversation has one of its own. */
export const privateStreams: Scenario = { name: 'private', run: runPrivateStreams };

async function runPrivateStreams(context: ScenarioContext): Promise<DrillReport> {
  const { closers, log } = context;
  const { fleet } = await openDrillFleet({ sizes: { users: 1, jobs: 1, messaging: 1, gateway: 1 } }, context);
  const conversations = await startConversations(fleet, context.options.streams);
  const subscribers = openPrivateSubscribers(fleet, conversations);
  for (const subscriber of subscribers) closers.add(subscriber);
  const sent: SentMessage[] = [];
  const deliver = async (limitMs: number): Promise<number> => {
    const started = performance.now();
    sent.push(...(await sendToAll(fleet, conversations, 1, sent.length, 1)));
    await waitForDelivery(subscribers, sent, limitMs);
    return performance.now() - started;
  };
  log(`${subscribers.length} streams started within ${formatSeconds(await deliver(startMs))}`);
  const idle = await cpuShare(fleet);
  await restartMessaging(fleet, log);
  const recovered = await deliver(recoveryMs);
  const missing = missingCount(subscribers, sent);
  const afterwards = await cpuShare(fleet);
  await deliver(recoveryMs);
  const stored = await readStoredMessages(fleet, conversations);
  const problems = [
    ...(missing > 0 ? [`${missing} streams did not recover within ${formatSeconds(recoveryMs)}`] : []),
    ...(afterwards > idle + quietShare ? [`${formatShare(afterwards)} after the recovery`] : []),
    ...findProblems({ sent, stored, subscribers }),
  ];
  return report(subscribers, problems, { recovered, idle, afterwards });
}

async function restartMessaging(fleet: Fleet, log: ScenarioContext['log']): Promise<void> {
  log('messaging is killed');
  for (const replica of replicasOf(fleet, 'messaging')) {
    await replica.kill();
    await replica.start();
  }
  log('messaging is back');
}

interface Figures {
  /** Milliseconds from the return of messaging to the last delivery. */
  recovered: number;
  /** CPU time of the gateway and messaging before the kill and after the recovery, in cores. */
  idle: number;
  afterwards: number;
}

function report(subscribers: readonly Subscriber[], problems: string[], figures: Figures): DrillReport {
  const lines = [
    `${subscribers.length} private streams: all recovered within ${formatSeconds(figures.recovered)}`,
    `idle: ${formatShare(figures.idle)}; after the recovery: ${formatShare(figures.afterwards)}`,
    ...formatProblems(problems),
    problems.length === 0 ? 'Every stream recovered without a gap or a duplicate.' : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}

async function startConversations(fleet: Fleet, streams: number): Promise<Conversation[]> {
  const users = await createDrillUsers(fleet, Math.min(maxParticipants, Math.max(2, Math.ceil(streams / 2))));
  const conversations: Conversation[] = [];
  while (conversations.length * users.length < streams)
    conversations.push(await startConversation(fleet, users, `Drill ${conversations.length + 1}`));
  return conversations;
}

function missingCount(subscribers: readonly Subscriber[], sent: readonly SentMessage[]): number {
  return subscribers.filter(
    ({ conversationId, received }) =>
      received.length < sent.filter((message) => message.conversationId === conversationId).length,
  ).length;
}

/** The CPU time that the gateway and messaging use in a quiet time, in cores. */
async function cpuShare(fleet: Fleet): Promise<number> {
  const used = () =>
    [...replicasOf(fleet, 'gateway'), ...replicasOf(fleet, 'messaging')]
      .map((replica) => cpuSeconds(replica.pid() ?? 0))
      .reduce((sum, seconds) => sum + seconds, 0);
  const before = used();
  await wait(quietMs);
  return (used() - before) / (quietMs / 1_000);
}

function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

function formatShare(cores: number): string {
  return `gateway and messaging use ${(cores * 100).toFixed(0)} % of a core`;
}
