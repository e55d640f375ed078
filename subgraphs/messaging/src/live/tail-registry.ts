import type { Bus } from '@marquee/chassis/bus/bus';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { MessagingStore } from '../store.js';
import { openConversationTail, type ConversationTail } from './conversation-tail.js';

/** The conversations that somebody of this process follows; one tail each, however many follow it. */
export interface TailRegistry {
  /** Follows a conversation until the follower aborts; the last to leave closes the tail. */
  join(conversationId: string, follower: AbortController): ConversationTail;
  /** Aborts everybody who follows something. */
  close(): void;
}

export interface LiveOptions {
  store: MessagingStore;
  bus: Bus;
  log: Logger;
  /** Milliseconds between two looks at the store for what no hint told of. */
  interval: number;
}

export function createTailRegistry(options: LiveOptions): TailRegistry {
  const open = new Map<string, Followed>();
  return {
    join(conversationId, follower) {
      const followed = open.get(conversationId) ?? {
        tail: openConversationTail(conversationId, options),
        followers: new Set(),
      };
      open.set(conversationId, followed);
      followed.followers.add(follower);
      follower.signal.addEventListener('abort', () => unfollow(conversationId, followed, follower), { once: true });
      return followed.tail;
    },
    close() {
      for (const { followers } of [...open.values()]) for (const follower of [...followers]) follower.abort();
    },
  };

  function unfollow(conversationId: string, { tail, followers }: Followed, follower: AbortController): void {
    followers.delete(follower);
    if (followers.size > 0) return;
    open.delete(conversationId);
    tail.close();
  }
}

interface Followed {
  tail: ConversationTail;
  followers: Set<AbortController>;
}
