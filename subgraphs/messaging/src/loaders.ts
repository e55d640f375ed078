import { rowLoader } from '@marquee/chassis/loaders/loaders';
import { callerId, type Caller } from './conversations/participant-rules.js';
import DataLoader from 'dataloader';
import { keysOfBatch } from './database/batch-get.js';
import type { MessageKey } from './messages/message-store.js';
import type { MessageRow } from './conversations/conversation-row.js';
import type { MessagingStore } from './store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** Loaders of one request. What they find is not yet what the caller may see. */
export function createLoaders(store: MessagingStore, caller: Caller) {
  return {
    conversation: rowLoader(
      (ids) => store.conversations(ids),
      (head) => head.conversationId,
    ),
    reads: rowLoader(
      (ids) => store.reads(ids),
      (reads) => reads.conversationId,
    ),
    /** The caller's DIRECT conversation with another user. */
    directConversation: rowLoader(
      (others) => store.directConversations(callerId(caller), others),
      (direct) => direct.other,
    ),
    message: messageLoader(store),
  };
}

function messageLoader(store: MessagingStore): DataLoader<MessageKey, MessageRow | null, string> {
  return new DataLoader(
    async (places) => {
      const rows = new Map((await store.messages(places)).map((row) => [nameOf(row), row]));
      return places.map((place) => rows.get(nameOf(place)) ?? null);
    },
    { cacheKeyFn: nameOf, maxBatchSize: keysOfBatch },
  );
}

function nameOf({ conversationId, sequence }: MessageKey): string {
  return `${conversationId} ${sequence}`;
}
