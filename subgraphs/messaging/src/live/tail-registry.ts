import { createSharedTails, type SharedTails } from '@marquee/chassis/bus/shared-tails';
import { createTailPoll, type TailPollOptions } from '@marquee/chassis/bus/tail-poll';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import type { MessagingStore } from '../store.js';
import { type ConversationTail, openConversationTail } from './conversation-tail.js';

/** The conversations with subscribers in this process, by id. */
export type TailRegistry = SharedTails<ConversationTail>;

export interface LiveOptions extends Omit<TailPollOptions, 'readVersions'> {
  store: MessagingStore;
}

export function createTailRegistry(options: LiveOptions): TailRegistry {
  const { store } = options;
  const tailPoll = createTailPoll({ ...options, readVersions: store.conversationVersions });
  const conversations = createCurrentRowLoader(
    (ids) => store.conversations(ids),
    ({ conversationId }) => conversationId,
  );
  const tailOptions = { store, tailPoll, readConversation: (id: string) => conversations.load(id) };
  return createSharedTails((conversationId) => openConversationTail(conversationId, tailOptions));
}
