import type { Deadline } from './deadline.js';
import { abortFailure, UpstreamFailure } from './upstream-failure.js';

export interface BulkheadOptions {
  name: string;
  /** Requests at a time. */
  maxConcurrent: number;
  /** Requests that wait for a place. */
  maxQueued: number;
  /** Milliseconds after which a service that answers nobody is silent. */
  stallAfterMs: number;
  /** Milliseconds of a clock that only goes on. */
  now?: () => number;
}

/**
 * Requests at a time to a service that is silent: whether it hangs, a few show as well as many. One more may try whenever
 * none has begun for so long: what is asked now may be less work than what it is silent about.
 */
const stalledLimit = 8;

/**
 * Bounds the requests to one service at a time, and those that wait for their turn. All of the places are there for a
 * service that answers.
 */
export class Bulkhead {
  readonly #now: () => number;
  readonly #queue = new Set<() => void>();
  #running = 0;
  /** When the service last answered, or was asked after nobody had waited for it. */
  #lastResponseAt = 0;
  /** When the last request began. */
  #lastStartAt = 0;

  constructor(private readonly options: BulkheadOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes a place, or waits for one. @throws UpstreamFailure when too many wait already, or the time is over before */
  acquire(deadline: Deadline): Promise<void> | undefined {
    const { name, maxQueued } = this.options;
    if (this.#running === 0) this.#lastResponseAt = this.#now();
    if (this.#hasFreeSlot()) {
      this.#start();
      return undefined;
    }
    if (this.#queue.size >= maxQueued)
      throw new UpstreamFailure(name, 'queue_full', 'too many requests wait for it already');
    return new Promise((resolve, reject) => {
      this.#queue.add(resolve);
      deadline.onAbort((ending) => {
        this.#queue.delete(resolve);
        reject(abortFailure(name, ending));
      });
    });
  }

  /** Gives the place to who has waited longest. @param answered whether the service has said anything */
  release(answered: boolean): void {
    this.#running -= 1;
    if (answered) this.#lastResponseAt = this.#now();
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
