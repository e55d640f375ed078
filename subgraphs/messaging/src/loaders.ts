import { rowLoader } from '@marquee/chassis/loaders/loaders';
import { callerId, type Caller } from './rules/access.js';
import DataLoader from 'dataloader';
import { keysOfBatch } from './store/batch.js';
import type { Place } from './store/messages.js';
import type { MessageRow } from './store/rows.js';
import type { MessagingStore } from './store/store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** Loaders of one request. What they find is not yet what the caller may see. */
export function createLoaders(store: MessagingStore, caller: Caller) {
  return {
    head: rowLoader(
      (ids) => store.heads(ids),
      (head) => head.conversationId,
    ),
    reads: rowLoader(
      (ids) => store.reads(ids),
      (reads) => reads.conversationId,
    ),
    /** The caller's DIRECT conversation with another user. */
    direct: rowLoader(
      (others) => store.directs(callerId(caller), others),
      (direct) => direct.other,
    ),
    message: messageLoader(store),
  };
}

function messageLoader(store: MessagingStore): DataLoader<Place, MessageRow | null, string> {
  return new DataLoader(
    async (places) => {
      const rows = new Map((await store.messages(places)).map((row) => [nameOf(row), row]));
      return places.map((place) => rows.get(nameOf(place)) ?? null);
    },
    { cacheKeyFn: nameOf, maxBatchSize: keysOfBatch },
  );
}

function nameOf({ conversationId, sequence }: Place): string {
  return `${conversationId} ${sequence}`;
}
