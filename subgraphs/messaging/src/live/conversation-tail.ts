import { EventEmitter, once } from 'node:events';
import type { Tail, TailPoll } from '@marquee/chassis/bus/tail-poll';
import { coalesce } from '@marquee/chassis/timing/coalesce';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { versionOf } from '../conversations/conversation-store.js';
import type { ShownMessage } from '../messages/message-row.js';
import { messageKeys } from '../messages/message-store.js';
import type { MessagingStore } from '../store.js';
import { conversationTopic } from '../topics.js';

/** The latest state of one conversation, polled from the store on each notification and when one may have been lost. */
export interface ConversationTail {
  /** Polls the store now. Concurrent calls share a poll. Null if there is no such conversation. */
  poll(): Promise<ConversationRow | null>;
  /** The result of the latest poll. */
  conversation(): ConversationRow | null;
  /** Resolves at the next poll that finds a change, and when the signal aborts. */
  waitForChange(signal: AbortSignal): Promise<void>;
  /** Messages by sequence, both bounds inclusive. The latest ones come from memory. */
  messages(from: number, to: number): Promise<ShownMessage[]>;
  close(): void;
}

/** Recent messages that a tail keeps in memory. */
const maxRecent = 200;

/** New messages that a poll reads for all subscribers at once; beyond that, each subscriber reads its own. */
const maxPrefetch = 100;

export interface ConversationTailOptions {
  store: MessagingStore;
  /** Reads the current state of a conversation, together with those that other tails read at the same time. */
  readConversation(id: string): Promise<ConversationRow | null>;
  tailPoll: TailPoll;
}

export function openConversationTail(
  conversationId: string,
  { store, readConversation, tailPoll }: ConversationTailOptions,
): ConversationTail {
  const changes = new EventEmitter().setMaxListeners(0);
  const recent = new Map<number, ShownMessage>();
  let latest: ConversationRow | null = null;
  const poll = coalesce(async () => {
    const polled = await readConversation(conversationId);
    // An erasure changes the membership before it replaces texts, and again afterwards.
    if (polled?.membership !== latest?.membership) recent.clear();
    await prefetch(store, recent, latest, polled);
    const changed = polled?.lastSequence !== latest?.lastSequence || polled?.membership !== latest?.membership;
    latest = polled;
    if (changed) changes.emit('change');
    return polled;
  });
  const closing = new AbortController();
  tailPoll.follow(
    conversationId,
    tailOf(conversationId, poll, () => latest),
    closing.signal,
  );
  return {
    poll,
    conversation: () => latest,
    waitForChange: (signal) => waitForChange(changes, signal),
    messages: (from, to) => readMessages(store, recent, conversationId, from, to),
    close: () => closing.abort(),
  };
}

function tailOf(
  conversationId: string,
  poll: ConversationTail['poll'],
  latest: ConversationTail['conversation'],
): Tail {
  const version = () => {
    const conversation = latest();
    return conversation ? versionOf(conversation) : undefined;
  };
  return { topic: conversationTopic(conversationId), version, catchUp: poll, onNotification: poll };
}

async function waitForChange(changes: EventEmitter, signal: AbortSignal): Promise<void> {
  await once(changes, 'change', { signal }).catch(() => undefined);
}

async function prefetch(
  store: MessagingStore,
  recent: Map<number, ShownMessage>,
  before: ConversationRow | null,
  polled: ConversationRow | null,
): Promise<void> {
  const from = (before?.lastSequence ?? Infinity) + 1;
  if (!polled || from > polled.lastSequence || polled.lastSequence - from >= maxPrefetch) return;
  const rows = await store.messages(messageKeys(polled.conversationId, from, polled.lastSequence));
  for (const row of rows.sort(bySequence)) recent.set(row.sequence, row);
  for (const sequence of recent.keys()) {
    if (recent.size <= maxRecent) return;
    recent.delete(sequence);
  }
}

async function readMessages(
  store: MessagingStore,
  recent: ReadonlyMap<number, ShownMessage>,
  conversationId: string,
  from: number,
  to: number,
): Promise<ShownMessage[]> {
  const keys = messageKeys(conversationId, from, to);
  const inMemory = keys.flatMap(({ sequence }) => recent.get(sequence) ?? []);
  if (inMemory.length === keys.length) return inMemory;
  return (await store.messages(keys)).sort(bySequence);
}

function bySequence(one: ShownMessage, other: ShownMessage): number {
  return one.sequence - other.sequence;
}
