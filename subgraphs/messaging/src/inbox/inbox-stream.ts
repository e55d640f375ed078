import { EventEmitter, once } from 'node:events';
import type { BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { isTick, watchStore } from '@marquee/chassis/bus/tail-store';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { isParticipant } from '../conversations/participant-rules.js';
import { activityTime } from '../database/table-keys.js';
import type { LiveOptions } from '../live/tail-registry.js';
import { inboxTopic } from '../topics.js';

/** Streams of the changes in users' inboxes. */
export interface InboxStreams {
  /** Yields the conversations of a user whenever they change, in their current state. */
  updates(userId: string): AsyncIterableIterator<ConversationRow>;
}

/** The index is eventually consistent: each poll overlaps the one before by this many milliseconds. */
const overlapMs = 10_000;

/** Conversations that one poll of the index reads, and that one step of the stream loads. */
const maxConversations = 50;

export function createInboxStreams(options: LiveOptions): InboxStreams {
  return { updates: (userId) => cancellable((signal) => updates(userId, options, signal)) };
}

/** Notifications of the bus report every change; polling finds the activity whose notification was lost. */
async function* updates(
  userId: string,
  options: LiveOptions,
  cancellation: AbortSignal,
): AsyncGenerator<ConversationRow> {
  const end = new AbortController();
  const changes = collectChanges(userId, options, AbortSignal.any([cancellation, end.signal]));
  try {
    for (let ids = await changes.next(); ids !== null; ids = await changes.next()) {
      const loaded = await options.store.conversations(ids);
      const conversations = loaded.filter((conversation) => isParticipant(userId, conversation));
      for (const conversation of conversations) changes.markDelivered(conversation);
      yield* conversations;
    }
  } finally {
    end.abort();
  }
}

interface ChangedConversations {
  /** Waits for the next changed conversations and returns their ids; null once the signal has aborted. */
  next(): Promise<string[] | null>;
  /** Records the delivered state, so that polling does not report it again. */
  markDelivered(conversation: ConversationRow): void;
}

function collectChanges(userId: string, options: LiveOptions, signal: AbortSignal): ChangedConversations {
  const changed = new Set<string>();
  const events = new EventEmitter();
  const add = (id: string) => {
    changed.add(id);
    events.emit('change');
  };
  // A conversation that is being loaded is delivered in its current state; a later change is found by the next poll.
  const loading = new Set<string>();
  const { delivered, poll } = createPoller(userId, options, (id) => loading.has(id) || add(id));
  const onChange = async (notification: BusMessage) =>
    isTick(notification) ? poll() : add(String(notification['conversationId']));
  watchStore(inboxTopic(userId), onChange, options, signal);
  return {
    async next() {
      loading.clear();
      if (changed.size === 0) await once(events, 'change', { signal }).catch(() => undefined);
      if (signal.aborted) return null;
      const ids = [...changed].slice(0, maxConversations);
      for (const id of ids) {
        changed.delete(id);
        loading.add(id);
      }
      return ids;
    },
    markDelivered: ({ conversationId, lastActivityAt }) => void delivered.set(conversationId, lastActivityAt),
  };
}

interface InboxPoller {
  /** The last activity that was delivered, by conversation id. */
  delivered: Map<string, string>;
  poll(): Promise<void>;
}

/** Polls the index on demand and reports activity that has not been delivered. */
function createPoller(
  userId: string,
  { store }: Pick<LiveOptions, 'store'>,
  report: (id: string) => void,
): InboxPoller {
  const delivered = new Map<string, string>();
  const openedAt = new Date().toISOString();
  let lastPoll = Date.now();
  async function poll() {
    const newerThan = new Date(lastPoll - overlapMs).toISOString();
    lastPoll = Date.now();
    for (const { conversationId, activity } of await store.inbox(userId, { limit: maxConversations, newerThan }))
      if (activityTime(activity) > (delivered.get(conversationId) ?? openedAt)) report(conversationId);
    for (const [id, at] of delivered) if (at < newerThan) delivered.delete(id);
  }
  return { delivered, poll };
}
