import type { Caller } from '@marquee/chassis/identity/caller';
import { conversationLoaders } from './conversations/conversation-loaders.js';
import { messageLoaders } from './messages/message-loaders.js';
import type { MessagingStore } from './store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** The loaders of one request. They check no permissions. */
export function createLoaders(store: MessagingStore, caller: Caller) {
  return { ...conversationLoaders(store, caller), ...messageLoaders(store) };
}
