import type { Caller } from '@marquee/chassis/identity/caller';
import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import { conversationLoaders } from './conversations/conversation-loaders.js';
import { messageLoaders } from './messages/message-loaders.js';
import type { MessagingStore } from './store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** The loaders of one request. They check no permissions. */
export function createLoaders(store: MessagingStore, caller: Caller) {
  return {
    ...conversationLoaders(store, caller),
    ...messageLoaders(store),
    /** By user: counting reads the whole inbox, once for all aliases of a request. */
    unreadTotal: createRowLoader(
      (userIds) => Promise.all(userIds.map(async (userId) => ({ userId, unread: await store.unreadTotal(userId) }))),
      ({ userId }) => userId,
    ),
  };
}
