import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { openLive } from '@marquee/examples/live-client';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Fleet } from '../fleet/fleet.js';
import type { Conversation, DrillUser, DrillUsers } from './drill-users.js';
import type { Random } from './seeded-random.js';
import type { SentMessage } from './senders.js';

/** One reader of one conversation, over a socket of their own. */
export interface Subscriber extends Closable {
  name: string;
  conversationId: string;
  /** Everything that came, as it came. */
  received: readonly ReceivedMessage[];
  /** Errors that it was told, and ends of its stream. */
  errors: readonly string[];
  /** How often it was connected. */
  connections(): number;
}

export interface ReceivedMessage {
  sequence: number;
  body: string;
  /** On the clock of `performance.now`. */
  at: number;
}

/** Seconds that a listener's token lasts: it has to renew it in the middle of all. */
const tokenSeconds = 30;

/** Longest wait for deliveries after the last message, in milliseconds. */
const deliveryTimeoutMs = 30_000;

const added = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence body sender { id handle } }
}`;

/** Some read the same conversation as the same person, from several devices. */
export function openSubscribers(
  fleet: Fleet,
  { conversations }: DrillUsers,
  count: number,
  random: Random,
): Subscriber[] {
  return Array.from({ length: count }, (_, index) => {
    const conversation = conversations[index % conversations.length] ?? random.pick(conversations);
    return openSubscriber(fleet, random.pick(conversation.participants), conversation, index + 1);
  });
}

function openSubscriber(fleet: Fleet, { sub }: DrillUser, { id }: Conversation, number: number): Subscriber {
  const received: ReceivedMessage[] = [];
  const errors: string[] = [];
  let connections = 0;
  const live = openLive({
    url: `${fleet.url.replace('http', 'ws')}/graphql`,
    token: async () => ({ value: await fleet.token(sub, tokenSeconds), seconds: tokenSeconds }),
    onStatus: (text) => void (connections += Number(text === 'connected')),
    onInterrupted: (failure) => {
      if (Array.isArray(failure)) errors.push(`its stream ended with errors: ${JSON.stringify(failure)}`);
    },
  });
  const results = live.results<Data, number>(
    added,
    (cursor) => ({ id, after: cursor ?? 0 }),
    ({ messageAdded }) => messageAdded.sequence,
  );
  void receiveEvents(results, received, errors);
  return {
    name: `listener ${number} (${sub})`,
    conversationId: id,
    received,
    errors,
    connections: () => connections,
    close: () => live.close(),
  };
}

async function receiveEvents(
  results: AsyncIterable<ExecutionResult<Data>>,
  received: ReceivedMessage[],
  problems: string[],
): Promise<void> {
  try {
    for await (const { data, errors } of results) {
      if (errors) problems.push(`an event came with errors: ${JSON.stringify(errors)}`);
      if (data) received.push({ ...data.messageAdded, at: performance.now() });
    }
  } catch (failure) {
    problems.push(`its stream was refused: ${JSON.stringify(failure)}`);
  }
}

/** Returns once all have what was sent, or will not get it any more. */
export async function waitForDelivery(listeners: readonly Subscriber[], sent: readonly SentMessage[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const { conversationId } of sent) counts.set(conversationId, (counts.get(conversationId) ?? 0) + 1);
  const lacking = () =>
    listeners.some(({ conversationId, received }) => received.length < (counts.get(conversationId) ?? 0));
  for (const deadline = performance.now() + deliveryTimeoutMs; lacking() && performance.now() < deadline;)
    await wait(50);
}

interface Data {
  messageAdded: { sequence: number; body: string };
}
