import type { Deadline } from './deadline.js';
import { abortFailure, UpstreamFailure } from './upstream-failure.js';

export interface BulkheadOptions {
  name: string;
  /** Maximum number of concurrent requests. */
  maxConcurrent: number;
  /** Maximum number of requests that wait for a slot. */
  maxQueued: number;
  /** Milliseconds without any response after which the service counts as stalled. */
  stallAfterMs: number;
  /** A monotonic clock, in milliseconds. */
  now?: () => number;
}

/**
 * Maximum number of concurrent requests to a stalled service: a few suffice to notice that it responds again. One more
 * may start whenever none has started for `stallAfterMs`, because it may be less work than those that are stuck.
 */
const stalledLimit = 8;

/**
 * A bulkhead: bounds the concurrent requests to one service and the requests that wait for a slot, so that a slow
 * service cannot tie up the gateway. A service that responds gets all slots, a stalled one only a few.
 */
export class Bulkhead {
  readonly #now: () => number;
  readonly #queue = new Set<() => void>();
  #running = 0;
  /** When the service last responded, or when the first request after an idle period started. */
  #lastResponseAt = 0;
  #lastStartAt = 0;

  constructor(private readonly options: BulkheadOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Takes a slot. Returns undefined if one is free, else a promise that resolves when it is this request's turn.
   * @throws UpstreamFailure if the queue is full (thrown synchronously), or the deadline passes first (rejection)
   */
  acquire(deadline: Deadline): Promise<void> | undefined {
    const { name, maxQueued } = this.options;
    if (this.#running === 0) this.#lastResponseAt = this.#now();
    if (this.#hasFreeSlot()) {
      this.#start();
      return undefined;
    }
    if (this.#queue.size >= maxQueued) throw new UpstreamFailure(name, 'queue_full', 'too many requests are waiting');
    return new Promise((resolve, reject) => {
      this.#queue.add(resolve);
      deadline.onAbort((reason) => {
        this.#queue.delete(resolve);
        reject(abortFailure(name, reason));
      });
    });
  }

  /** Frees a slot for the longest waiting request. @param hasResponded whether the service sent any response */
  release(hasResponded: boolean): void {
    this.#running -= 1;
    if (hasResponded) this.#lastResponseAt = this.#now();
    for (const next of this.#queue) {
      if (!this.#hasFreeSlot()) return;
      this.#queue.delete(next);
      this.#start();
      next();
    }
  }

  #hasFreeSlot(): boolean {
    const { maxConcurrent, stallAfterMs } = this.options;
    if (this.#running >= maxConcurrent) return false;
    if (this.#running < stalledLimit) return true;
    const now = this.#now();
    return now - this.#lastResponseAt <= stallAfterMs || now - this.#lastStartAt > stallAfterMs;
  }

  #start(): void {
    this.#running += 1;
    this.#lastStartAt = this.#now();
  }
}
