import { EventEmitter, once } from 'node:events';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { createTailPoll, type Tail, type TailPoll, type Version } from '@marquee/chassis/bus/tail-poll';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { isParticipant } from '../conversations/participant-rules.js';
import { activityTime } from '../database/table-keys.js';
import type { LiveOptions } from '../live/tail-registry.js';
import type { MessagingStore } from '../store.js';
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

/** Inboxes are polled at 10 times the interval of conversations while the bus works, because each takes a request. */
const safetyFactor = 10;

export function createInboxStreams(options: LiveOptions): InboxStreams {
  const { store, safetyMs } = options;
  const tailPoll = createTailPoll({
    ...options,
    safetyMs: safetyMs * safetyFactor,
    readVersions: store.inboxVersions,
  });
  return { updates: (userId) => cancellable((signal) => updates(userId, { store, tailPoll }, signal)) };
}

interface InboxOptions {
  store: MessagingStore;
  tailPoll: TailPoll;
}

/** Notifications of the bus report every change; polling finds the activity whose notification was lost. */
async function* updates(
  userId: string,
  options: InboxOptions,
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

function collectChanges(userId: string, { store, tailPoll }: InboxOptions, signal: AbortSignal): ChangedConversations {
  const changed = new Set<string>();
  const events = new EventEmitter();
  const add = (id: string) => {
    changed.add(id);
    events.emit('change');
  };
  // A conversation that is being loaded is delivered in its current state; a later change is found by the next poll.
  const loading = new Set<string>();
  const poller = createPoller(userId, store, (id) => loading.has(id) || add(id));
  tailPoll.follow(userId, tailOf(userId, poller, add), signal);
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
    markDelivered: ({ conversationId, lastActivityAt }) => void poller.delivered.set(conversationId, lastActivityAt),
  };
}

function tailOf(userId: string, { version, poll }: InboxPoller, add: (conversationId: string) => void): Tail {
  return {
    topic: inboxTopic(userId),
    version,
    catchUp: poll,
    onNotification: async (notification) => add(String(notification['conversationId'])),
  };
}

interface InboxPoller {
  /** The last activity that was delivered, by conversation id. */
  delivered: Map<string, string>;
  /** The latest activity in the inbox as of the last poll. */
  version(): Version | undefined;
  poll(latest: Version | undefined): Promise<void>;
}

/** Polls the index on demand and reports activity that has not been delivered. */
function createPoller(userId: string, store: MessagingStore, report: (id: string) => void): InboxPoller {
  const delivered = new Map<string, string>();
  const openedAt = new Date().toISOString();
  let lastPoll = Date.now();
  let version: Version | undefined;
  async function poll(latest: Version | undefined) {
    const startedAt = Date.now();
    const newerThan = new Date(lastPoll - overlapMs).toISOString();
    for (const { conversationId, activity } of await store.inbox(userId, { limit: maxConversations, newerThan }))
      if (activityTime(activity) > (delivered.get(conversationId) ?? openedAt)) report(conversationId);
    for (const [id, at] of delivered) if (at < newerThan) delivered.delete(id);
    [lastPoll, version] = [startedAt, latest];
  }
  return { delivered, version: () => version, poll };
}
