import DataLoader from 'dataloader';
import { maxBatchKeys } from '@marquee/chassis/dynamodb/batch';
import type { MessagingStore } from '../store.js';
import type { ShownMessage } from './message-row.js';
import type { MessageKey } from './message-store.js';

export function messageLoaders(store: MessagingStore) {
  const message = new DataLoader<MessageKey, ShownMessage | null, string>(
    async (keys) => {
      const rows = new Map((await store.messages(keys)).map((row) => [cacheKey(row), row]));
      return keys.map((key) => rows.get(cacheKey(key)) ?? null);
    },
    { cacheKeyFn: cacheKey, maxBatchSize: maxBatchKeys },
  );
  return { message };
}

function cacheKey({ conversationId, sequence }: MessageKey): string {
  return `${conversationId} ${sequence}`;
}
