import { type BackoffOptions, waitForBackoff } from '@marquee/chassis/timing/backoff';
import type { ExecutionResult } from 'graphql';
import { type MissingService, missingService } from './event-batch.js';

/** Back-off between attempts to complete an event. Half of each delay is random, so that streams do not try all at once. */
const backoff: BackoffOptions = { baseMs: 200, maxMs: 5_000 };

/** How a subscriber waits for an event that cannot be completed yet. */
export interface Waiting {
  /** Ends the wait when the client leaves. */
  left: AbortSignal;
  patienceMs: number;
  /** Called when the wait begins, and when it ends. */
  onWaiting(isWaiting: boolean): void;
}

/** The result of an event, or the service that is still missing when the wait ends. */
export type Completion = { result: ExecutionResult } | MissingService;

interface SharedRetryOptions {
  missing: MissingService;
  attempt(): Promise<ExecutionResult>;
  /** Called with the complete result, or with nothing when no subscriber waits any more. */
  onEnd(result?: ExecutionResult): void;
}

interface Waiter {
  resolve(completion: Completion): void;
  reject(failure: unknown): void;
}

/** Tries to complete an event until it succeeds, for as long as a subscriber waits. */
export class SharedRetry {
  readonly #waiting = new Set<Waiter>();
  readonly #ended = new AbortController();

  constructor(private readonly options: SharedRetryOptions) {
    this.#run().catch((failure: unknown) => this.#settle(({ reject }) => reject(failure)));
  }

  get missing(): MissingService {
    return this.options.missing;
  }

  async wait(waiting: Waiting): Promise<Completion> {
    const { left, patienceMs } = waiting;
    if (left.aborted) return this.options.missing;
    waiting.onWaiting(true);
    let stopWaiting: () => void = () => undefined;
    const completion = new Promise<Completion>((resolve, reject) => {
      const giveUp = () => resolve(this.options.missing);
      const patience = setTimeout(giveUp, patienceMs);
      left.addEventListener('abort', giveUp);
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      stopWaiting = () => {
        clearTimeout(patience);
        left.removeEventListener('abort', giveUp);
        this.#remove(waiter);
        waiting.onWaiting(false);
      };
    });
    return completion.finally(stopWaiting);
  }

  #remove(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    if (this.#waiting.size === 0 && !this.#ended.signal.aborted) this.#end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    for (let failures = 1; await waitForBackoff(failures, backoff, signal); failures += 1) {
      const result = await this.options.attempt();
      if (signal.aborted) return;
      if (!missingService(result)) return this.#settle(({ resolve }) => resolve({ result }), result);
    }
  }

  #settle(settle: (waiter: Waiter) => void, result?: ExecutionResult): void {
    this.#end(result);
    for (const waiter of this.#waiting) settle(waiter);
  }

  #end(result?: ExecutionResult): void {
    this.#ended.abort();
    this.options.onEnd(result);
  }
}
