import { createTailPoll, type TailPollOptions } from '@marquee/chassis/bus/tail-poll';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import type { MessagingStore } from '../store.js';
import { type ConversationTail, openConversationTail } from './conversation-tail.js';

/** The conversations with subscribers in this process: one shared tail each. */
export interface TailRegistry {
  /** Subscribes to a conversation until the subscriber aborts. The last one to leave closes the tail. */
  join(conversationId: string, subscriber: AbortController): ConversationTail;
  /** Aborts all subscribers. */
  close(): void;
}

export interface LiveOptions extends Omit<TailPollOptions, 'readVersions'> {
  store: MessagingStore;
}

export function createTailRegistry(options: LiveOptions): TailRegistry {
  const { store } = options;
  const tailPoll = createTailPoll({ ...options, readVersions: store.conversationVersions });
  const conversations = createCurrentRowLoader(store.conversations, ({ conversationId }) => conversationId);
  const tailOptions = { store, tailPoll, readConversation: (id: string) => conversations.load(id) };
  const tails = new Map<string, SharedTail>();
  return {
    join(conversationId, subscriber) {
      const shared = tails.get(conversationId) ?? {
        tail: openConversationTail(conversationId, tailOptions),
        subscribers: new Set(),
      };
      tails.set(conversationId, shared);
      shared.subscribers.add(subscriber);
      onAbort(subscriber.signal, () => leave(conversationId, shared, subscriber));
      return shared.tail;
    },
    close() {
      for (const { subscribers } of [...tails.values()]) for (const subscriber of [...subscribers]) subscriber.abort();
    },
  };

  function leave(conversationId: string, { tail, subscribers }: SharedTail, subscriber: AbortController): void {
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    tails.delete(conversationId);
    tail.close();
  }
}

interface SharedTail {
  tail: ConversationTail;
  subscribers: Set<AbortController>;
}
