import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { openLive } from '@marquee/examples/live-client';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Fleet } from '../fleet/fleet.js';
import type { Conversation, Person, Population } from './population.js';
import type { Random } from './random.js';
import type { SentMessage } from './sending.js';

/** One reader of one conversation, over a socket of their own. */
export interface Listener extends Closable {
  name: string;
  conversationId: string;
  /** Everything that came, as it came. */
  received: readonly Received[];
  /** Errors that it was told, and ends of its stream. */
  faults: readonly string[];
  /** How often it was connected. */
  connections(): number;
}

export interface Received {
  sequence: number;
  body: string;
  /** On the clock of `performance.now`. */
  at: number;
}

/** Seconds that a listener's token lasts: it has to renew it in the middle of all. */
const tokenSeconds = 30;

/** Longest wait for deliveries after the last message, in milliseconds. */
const deliveryPatience = 30_000;

const added = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence body sender { id handle } }
}`;

/** Some read the same conversation as the same person, from several devices. */
export function listenAll(fleet: Fleet, { conversations }: Population, count: number, random: Random): Listener[] {
  return Array.from({ length: count }, (_, index) => {
    const conversation = conversations[index % conversations.length] ?? random.pick(conversations);
    return listen(fleet, random.pick(conversation.participants), conversation, index + 1);
  });
}

function listen(fleet: Fleet, { sub }: Person, { id }: Conversation, number: number): Listener {
  const received: Received[] = [];
  const faults: string[] = [];
  let connections = 0;
  const live = openLive({
    url: `${fleet.url.replace('http', 'ws')}/graphql`,
    token: async () => ({ value: await fleet.token(sub, tokenSeconds), seconds: tokenSeconds }),
    told: (text) => void (connections += Number(text === 'connected')),
    interrupted: (failure) => {
      if (Array.isArray(failure)) faults.push(`its stream ended with errors: ${JSON.stringify(failure)}`);
    },
  });
  const results = live.results<Data, number>(
    added,
    (cursor) => ({ id, after: cursor ?? 0 }),
    ({ messageAdded }) => messageAdded.sequence,
  );
  void take(results, received, faults);
  return {
    name: `listener ${number} (${sub})`,
    conversationId: id,
    received,
    faults,
    connections: () => connections,
    close: () => live.close(),
  };
}

async function take(
  results: AsyncIterable<ExecutionResult<Data>>,
  received: Received[],
  faults: string[],
): Promise<void> {
  try {
    for await (const { data, errors } of results) {
      if (errors) faults.push(`an event came with errors: ${JSON.stringify(errors)}`);
      if (data) received.push({ ...data.messageAdded, at: performance.now() });
    }
  } catch (failure) {
    faults.push(`its stream was refused: ${JSON.stringify(failure)}`);
  }
}

/** Returns once all have what was sent, or will not get it any more. */
export async function delivered(listeners: readonly Listener[], sent: readonly SentMessage[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const { conversationId } of sent) counts.set(conversationId, (counts.get(conversationId) ?? 0) + 1);
  const lacking = () =>
    listeners.some(({ conversationId, received }) => received.length < (counts.get(conversationId) ?? 0));
  for (const deadline = performance.now() + deliveryPatience; lacking() && performance.now() < deadline;)
    await wait(50);
}

interface Data {
  messageAdded: { sequence: number; body: string };
}
