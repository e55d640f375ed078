import { cancellable } from '@marquee/chassis/bus/cancellable';
import { withCause } from '@marquee/chassis/bus/event-cause';
import { createSharedTails } from '@marquee/chassis/bus/shared-tails';
import { createTailPoll } from '@marquee/chassis/bus/tail-poll';
import { StreamPosition } from '@marquee/chassis/bus/stream-position';
import { cursorBeyondEnd } from '@marquee/chassis/errors/errors';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Closable } from '@marquee/chassis/process/closers';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { isParticipant } from '../conversations/participant-rules.js';
import type { LiveOptions } from '../live/tail-registry.js';
import type { MessagingStore } from '../store.js';
import type { InboxChange } from './inbox-log-store.js';
import { type InboxTail, openInboxTail } from './inbox-tail.js';

/** A conversation in its current state, as an event of an inbox. */
export interface ChangedConversation extends ConversationRow {
  /** The position of the change in the log of the inbox. */
  changeCursor: number;
  /** Set if the user has left: the row then contains only the values that never change. */
  hasLeft?: boolean;
}

/** Streams of the changes in users' inboxes. */
export interface InboxStreams extends Closable {
  /** The conversations of a user that changed after a position, or from now on if it is null, each in its current state. */
  updates(userId: string, after: number | null): AsyncIterableIterator<ChangedConversation | StreamPosition>;
  /** Ends all streams. */
  close(): void;
}

/** Conversations that are loaded at a time. */
const batchSize = 50;

/** Inboxes are polled at 10 times the interval of conversations while the bus works, because each takes a request. */
const safetyFactor = 10;

export function createInboxStreams(options: LiveOptions): InboxStreams {
  const { store, safetyMs } = options;
  const open = new Map<string, InboxTail>();
  const tailPoll = createTailPoll({
    ...options,
    safetyMs: safetyMs * safetyFactor,
    readVersions: (userIds) =>
      store.inboxVersions(new Map(userIds.map((userId) => [userId, open.get(userId)?.conversationIds() ?? []]))),
  });
  const conversations = createCurrentRowLoader(
    (ids) => store.inboxConversations(ids),
    ({ conversationId }) => conversationId,
  );
  const tailOptions = { store, tailPoll, readConversation: (id: string) => conversations.load(id) };
  const tails = createSharedTails((userId) => {
    const tail = openInboxTail(userId, tailOptions);
    open.set(userId, tail);
    return { ...tail, close: () => [tail.close(), open.delete(userId)] };
  });
  return {
    updates: (userId, after) =>
      cancellable((cancellation) => {
        const subscriber = new AbortController();
        onAbort(cancellation, () => subscriber.abort());
        const join = () => tails.join(userId, subscriber);
        return updates(join, { userId, after, store }, subscriber);
      }),
    close: () => tails.close(),
  };
}

interface InboxRequest {
  userId: string;
  after: number | null;
  store: MessagingStore;
}

async function* updates(
  join: () => InboxTail,
  { userId, after, store }: InboxRequest,
  subscriber: AbortController,
): AsyncGenerator<ChangedConversation | StreamPosition> {
  const { signal } = subscriber;
  try {
    const tail = join();
    await tail.scan();
    if (after !== null && after > tail.last()) throw cursorBeyondEnd('after', tail.last());
    if (after === null) yield new StreamPosition(tail.last());
    for (let position = after ?? tail.last(); !signal.aborted;) {
      const changes = tail.changesAfter(position, batchSize);
      if (changes.length === 0) await tail.waitForChange(signal);
      else yield* await loadChanges(store, userId, changes);
      position = changes.at(-1)?.position ?? position;
    }
  } finally {
    subscriber.abort();
  }
}

async function loadChanges(
  store: MessagingStore,
  userId: string,
  changes: readonly InboxChange[],
): Promise<ChangedConversation[]> {
  const conversations = await store.conversations(
    changes.map(({ conversationId }) => conversationId),
    userId,
  );
  const byId = new Map(conversations.map((conversation) => [conversation.conversationId, conversation]));
  return changes.flatMap(({ conversationId, position: changeCursor, version, traceparent }) => {
    const conversation = byId.get(conversationId);
    if (!conversation) return [];
    if (isParticipant(userId, conversation)) return [withCause({ ...conversation, changeCursor }, traceparent)];
    if (!version.hasLeft) return [];
    return [withCause({ ...leftConversation(conversation), changeCursor, hasLeft: true }, traceparent)];
  });
}

/** A conversation for a user who has left it and can no longer read it. */
function leftConversation({ conversationId, kind, title, createdAt, membership }: ConversationRow): ConversationRow {
  const empty = { participants: [], lastSequence: 0, sent: {}, lastActivityAt: createdAt };
  return { conversationId, kind, ...(title !== undefined && { title }), createdAt, membership, ...empty };
}
