import type { Caller } from '@marquee/chassis/identity/caller';
import { requireUser } from '@marquee/chassis/identity/caller';
import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { MessagingStore } from '../store.js';

export function conversationLoaders(store: MessagingStore, caller: Caller) {
  return {
    conversation: createRowLoader(
      (ids) => store.conversations(ids, requireUser(caller).id),
      (conversation) => conversation.conversationId,
    ),
    reads: createRowLoader(
      (ids) => store.reads(ids),
      (reads) => reads.conversationId,
    ),
    /** The caller's DIRECT conversation with another user. */
    directConversation: createRowLoader(
      (otherUserIds) => store.directConversations(requireUser(caller).id, otherUserIds),
      (direct) => direct.otherUserId,
    ),
  };
}
