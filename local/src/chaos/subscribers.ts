import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { openLive } from '@marquee/examples/live-client';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Fleet } from '../fleet/fleet.js';
import type { Conversation, DrillUser, DrillSetup } from './drill-users.js';
import type { Random } from './seeded-random.js';
import type { SentMessage } from './senders.js';

/** A subscriber of one conversation, with its own socket. */
export interface Subscriber extends Closable {
  name: string;
  conversationId: string;
  /** Received messages in the order of arrival. */
  received: readonly ReceivedMessage[];
  /** Errors of events, and permanent ends of the stream. */
  errors: readonly string[];
  /** How often it has connected. */
  connections(): number;
}

export interface ReceivedMessage {
  sequence: number;
  body: string;
  /** Time of arrival, from `performance.now`. */
  at: number;
}

/** Lifetime of a subscriber's token in seconds: short, so that it is renewed during the drill. */
const tokenSeconds = 30;

/** Milliseconds that deliveries may take after the last message. */
const deliveryTimeoutMs = 30_000;

const added = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence body sender { id handle } }
}`;

/** Opens subscribers; several may follow the same conversation as the same user, as from several devices. */
export function openSubscribers(
  fleet: Fleet,
  { conversations }: DrillSetup,
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
  const client = openLive({
    url: `${fleet.url.replace('http', 'ws')}/graphql`,
    token: async () => ({ value: await fleet.token(sub, tokenSeconds), seconds: tokenSeconds }),
    onStatus: (text) => void (connections += Number(text === 'connected')),
    onInterrupted: (failure) => {
      if (Array.isArray(failure)) errors.push(`its stream ended with errors: ${JSON.stringify(failure)}`);
    },
  });
  const results = client.results<Data, number>(
    added,
    (cursor) => ({ id, after: cursor ?? 0 }),
    ({ messageAdded }) => messageAdded.sequence,
  );
  void receiveEvents(results, received, errors);
  return {
    name: `subscriber ${number} (${sub})`,
    conversationId: id,
    received,
    errors,
    connections: () => connections,
    close: () => client.close(),
  };
}

async function receiveEvents(
  results: AsyncIterable<ExecutionResult<Data>>,
  received: ReceivedMessage[],
  problems: string[],
): Promise<void> {
  try {
    for await (const { data, errors } of results) {
      if (errors) problems.push(`an event has errors: ${JSON.stringify(errors)}`);
      if (data) received.push({ ...data.messageAdded, at: performance.now() });
    }
  } catch (failure) {
    problems.push(`its stream was rejected: ${JSON.stringify(failure)}`);
  }
}

/** Resolves once all subscribers have received all messages, or the time is up. */
export async function waitForDelivery(subscribers: readonly Subscriber[], sent: readonly SentMessage[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const { conversationId } of sent) counts.set(conversationId, (counts.get(conversationId) ?? 0) + 1);
  const isIncomplete = () =>
    subscribers.some(({ conversationId, received }) => received.length < (counts.get(conversationId) ?? 0));
  for (const deadline = performance.now() + deliveryTimeoutMs; isIncomplete() && performance.now() < deadline;)
    await wait(50);
}

interface Data {
  messageAdded: { sequence: number; body: string };
}
