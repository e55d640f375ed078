import { setTimeout as wait } from 'node:timers/promises';
import { createLiveClient, type LiveClient, type LiveResult } from '@marquee/client';
import type { Closable } from '@marquee/chassis/process/closers';
import { WebSocket } from 'ws';
import type { Fleet } from '../fleet/fleet.js';
import type { Conversation, DrillUser, DrillSetup } from './drill-users.js';
import { type MessageContent, messageFields } from './message-content.js';
import type { Random } from '@marquee/testkit/seeded-random';
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

export interface ReceivedMessage extends MessageContent {
  /** Time of arrival, from `performance.now`. */
  at: number;
}

/** Lifetime of a subscriber's token in seconds: short, so that it is renewed during the drill. */
const tokenSeconds = 30;

/** Milliseconds that deliveries may take after the last message. */
const deliveryTimeoutMs = 30_000;

const added = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { ${messageFields} }
}`;

export interface SubscriberOptions {
  fleet: Fleet;
  setup: DrillSetup;
  /** Number of subscribers. */
  count: number;
  random: Random;
  /** The address of the gateways for a subscriber. Default: that of the fleet. */
  urlOf?(index: number): string;
  /** Error codes with which a stream may end, because it can be resumed. Default: none. */
  toleratedEnds?: readonly string[];
}

/** Opens subscribers; several may follow the same conversation as the same user, as from several devices. */
export function openSubscribers(options: SubscriberOptions): Subscriber[] {
  const { setup, count, random } = options;
  return Array.from({ length: count }, (_, index) => {
    const conversation = setup.conversations[index % setup.conversations.length] ?? random.pick(setup.conversations);
    return openSubscriber(options, random.pick(conversation.participants), conversation, index);
  });
}

function openSubscriber(
  { fleet, urlOf = () => fleet.url, toleratedEnds = [] }: SubscriberOptions,
  { sub }: DrillUser,
  conversation: Conversation,
  index: number,
): Subscriber {
  const connection = connect({ fleet, url: urlOf(index), sub, toleratedEnds });
  return follow(connection, conversation, `subscriber ${index + 1} (${sub})`);
}

/** Opens a stream for each participant of each conversation. Those of one user share a socket. */
export function openPrivateSubscribers(fleet: Fleet, conversations: readonly Conversation[]): Subscriber[] {
  const connections = new Map<string, Connection>();
  return conversations.flatMap((conversation, index) =>
    conversation.participants.map(({ sub }) => {
      const toleratedEnds = ['UPSTREAM_UNAVAILABLE'];
      const connection = connections.get(sub) ?? connect({ fleet, url: fleet.url, sub, toleratedEnds });
      connections.set(sub, connection);
      return follow(connection, conversation, `subscriber ${index + 1} (${sub})`);
    }),
  );
}

/** A socket of one user. */
interface Connection {
  client: LiveClient;
  errors: string[];
  count: number;
}

interface ConnectionOptions {
  fleet: Fleet;
  url: string;
  sub: string;
  toleratedEnds: readonly string[];
}

function connect({ fleet, url, sub, toleratedEnds }: ConnectionOptions): Connection {
  const errors: string[] = [];
  const client = createLiveClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    token: () => fleet.token(sub, tokenSeconds),
    webSocketImpl: WebSocket,
    maxDelayMs: 5_000,
    onStatus: ({ state }) => void (connection.count += Number(state === 'connected')),
    onInterrupted(failure) {
      if (!isTolerated(failure, toleratedEnds)) errors.push(`its stream ended with errors: ${JSON.stringify(failure)}`);
    },
  });
  const connection: Connection = { client, errors, count: 0 };
  return connection;
}

function follow(connection: Connection, { id }: Conversation, name: string): Subscriber {
  const received: ReceivedMessage[] = [];
  const { client, errors } = connection;
  const results = client.iterate<Data>({ query: added, variables: { id, after: 0 } });
  void receiveEvents(results, received, errors);
  return {
    name,
    conversationId: id,
    received,
    errors,
    connections: () => connection.count,
    close: () => client.close(),
  };
}

/** A socket may close at any time; errors end a stream only with these codes. */
function isTolerated(failure: unknown, codes: readonly string[]): boolean {
  if (!Array.isArray(failure)) return true;
  return failure.every(({ extensions }: { extensions?: { code?: string } }) => codes.includes(extensions?.code ?? ''));
}

async function receiveEvents(
  results: AsyncIterable<LiveResult<Data>>,
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
export async function waitForDelivery(
  subscribers: readonly Subscriber[],
  sent: readonly SentMessage[],
  timeoutMs = deliveryTimeoutMs,
): Promise<void> {
  const counts = new Map<string, number>();
  for (const { conversationId } of sent) counts.set(conversationId, (counts.get(conversationId) ?? 0) + 1);
  const isIncomplete = () =>
    subscribers.some(({ conversationId, received }) => received.length < (counts.get(conversationId) ?? 0));
  for (const deadline = performance.now() + timeoutMs; isIncomplete() && performance.now() < deadline;) await wait(50);
}

interface Data {
  messageAdded: MessageContent;
}
