import type { Closable } from '../process/closers.js';
import { onAbort } from '../timing/on-abort.js';

/** The tails that have subscribers in this process: one for each key, which all its subscribers share. */
export interface SharedTails<Tail> extends Closable {
  /** Subscribes to a tail until the subscriber aborts. The first one opens it, the last one to leave closes it. */
  join(key: string, subscriber: AbortController): Tail;
  /** Aborts all subscribers. */
  close(): void;
}

export function createSharedTails<Tail extends { close(): void }>(open: (key: string) => Tail): SharedTails<Tail> {
  const tails = new Map<string, SharedTail<Tail>>();
  return {
    join(key, subscriber) {
      const shared = tails.get(key) ?? { tail: open(key), subscribers: new Set() };
      tails.set(key, shared);
      shared.subscribers.add(subscriber);
      onAbort(subscriber.signal, () => leave(key, shared, subscriber));
      return shared.tail;
    },
    close() {
      for (const { subscribers } of [...tails.values()]) for (const subscriber of [...subscribers]) subscriber.abort();
    },
  };

  function leave(key: string, { tail, subscribers }: SharedTail<Tail>, subscriber: AbortController): void {
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    tails.delete(key);
    tail.close();
  }
}

interface SharedTail<Tail> {
  tail: Tail;
  subscribers: Set<AbortController>;
}
