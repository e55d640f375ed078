import { EventEmitter, once } from 'node:events';
import { messageKeys } from '../messages/message-store.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';
import type { MessagingStore } from '../store.js';
import type { LiveOptions } from './tail-registry.js';
import { conversationTopic } from '../topics.js';

/** The end of one conversation, as the store has it; hints and a slow timer make it look again. */
export interface ConversationTail {
  /** Looks at the store now; one look serves all who ask meanwhile. Null when there is no such conversation. */
  poll(): Promise<ConversationRow | null>;
  /** As it was at the last look. */
  conversation(): ConversationRow | null;
  /** Returns at the next look that found something changed, and when the signal aborts. */
  waitForChange(signal: AbortSignal): Promise<void>;
  /** Messages by sequence, both ends included; the latest come without a request. */
  messages(from: number, to: number): Promise<MessageRow[]>;
  close(): void;
}

/** Messages that a tail keeps at hand. */
const mostKept = 200;

/** Messages that are read at once after a look; who is further behind reads for themselves. */
const mostAhead = 100;

export function openConversationTail(
  conversationId: string,
  { store, bus, log, interval }: LiveOptions,
): ConversationTail {
  const changes = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const kept = new Map<number, MessageRow>();
  let head: ConversationRow | null = null;
  const look = coalesced(async () => {
    const now = await store.conversation(conversationId);
    await keepNew(store, kept, head, now);
    const isNews = now?.lastSequence !== head?.lastSequence || now?.membership !== head?.membership;
    head = now;
    if (isNews) changes.emit('change');
    return now;
  });
  const lookQuietly = () =>
    void look().catch((err: unknown) => log.warn({ err }, 'a tail could not look at its store'));
  const timer = setInterval(lookQuietly, interval);
  const hints = bus.subscribe(conversationTopic(conversationId), closing.signal, { catchUp: true });
  void wakeOn(hints, lookQuietly);
  return {
    poll: look,
    conversation: () => head,
    waitForChange: (signal) => waitFor(changes, signal),
    messages: (from, to) => messagesOf(store, kept, conversationId, from, to),
    close() {
      clearInterval(timer);
      closing.abort();
    },
  };
}

async function wakeOn(hints: AsyncIterable<unknown>, wake: () => void): Promise<void> {
  for await (const _ of hints) wake();
}

/** The wait for a change; an abort ends it too. */
async function waitFor(changes: EventEmitter, signal: AbortSignal): Promise<void> {
  await once(changes, 'change', { signal }).catch(() => undefined);
}

async function keepNew(
  store: MessagingStore,
  kept: Map<number, MessageRow>,
  was: ConversationRow | null,
  now: ConversationRow | null,
): Promise<void> {
  const from = (was?.lastSequence ?? Infinity) + 1;
  if (!now || from > now.lastSequence || now.lastSequence - from >= mostAhead) return;
  const rows = await store.messages(messageKeys(now.conversationId, from, now.lastSequence));
  for (const row of rows.sort(bySequence)) kept.set(row.sequence, row);
  for (const sequence of kept.keys()) {
    if (kept.size <= mostKept) return;
    kept.delete(sequence);
  }
}

async function messagesOf(
  store: MessagingStore,
  kept: ReadonlyMap<number, MessageRow>,
  conversationId: string,
  from: number,
  to: number,
): Promise<MessageRow[]> {
  const places = messageKeys(conversationId, from, to);
  const here = places.flatMap(({ sequence }) => kept.get(sequence) ?? []);
  if (here.length === places.length) return here;
  return (await store.messages(places)).sort(bySequence);
}

function bySequence(one: MessageRow, other: MessageRow): number {
  return one.sequence - other.sequence;
}

/** Of those who ask while it runs, all get the answer of one more run, which began after they asked. */
function coalesced<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;
  return function ask(): Promise<Result> {
    if (!running) {
      running = work().finally(() => (running = undefined));
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return ask();
      });
    return next;
  };
}
