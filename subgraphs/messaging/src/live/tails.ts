import type { Bus } from '@marquee/chassis/bus/bus';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { MessagingStore } from '../store/store.js';
import { openTail, type Tail } from './tail.js';

/** The conversations that somebody of this process follows; one tail each, however many follow it. */
export interface Tails {
  /** Follows a conversation until the signal aborts; the last to leave closes the tail. */
  follow(conversationId: string, signal: AbortSignal): Tail;
  /** How many are open. */
  size(): number;
  close(): void;
}

export interface TailsOptions {
  store: MessagingStore;
  bus: Bus;
  log: Logger;
  /** Milliseconds between two looks at the store for what no hint told of. */
  interval: number;
}

export function openTails(options: TailsOptions): Tails {
  const open = new Map<string, { tail: Tail; followers: number }>();
  return {
    follow(conversationId, signal) {
      const entry = open.get(conversationId) ?? { tail: openTail(conversationId, options), followers: 0 };
      open.set(conversationId, entry);
      entry.followers += 1;
      signal.addEventListener('abort', () => unfollow(conversationId), { once: true });
      return entry.tail;
    },
    size: () => open.size,
    close() {
      for (const { tail } of open.values()) tail.close();
      open.clear();
    },
  };

  function unfollow(conversationId: string): void {
    const entry = open.get(conversationId);
    if (!entry) return;
    entry.followers -= 1;
    if (entry.followers > 0) return;
    open.delete(conversationId);
    entry.tail.close();
  }
}
