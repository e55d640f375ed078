import { eventWork } from './work-slices.js';

/** Wakes everything that waits for the same change: it may wake thousands of streams. */
export class Waiters {
  #waiting = new Set<() => void>();

  /** @param lane shares the time of deliveries with those of other lanes, see `WorkSlices` */
  constructor(private readonly lane?: string) {}

  /** Resolves at the next call of `wake`, or when the signal aborts. */
  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting;
      const end = () => {
        signal.removeEventListener('abort', end);
        waiting.delete(end);
        resolve();
      };
      signal.addEventListener('abort', end);
      waiting.add(end);
    });
  }

  /** Wakes all in the order of their calls, spread over turns of the event loop. */
  wake(): void {
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const end of woken) eventWork.start(end, this.lane);
  }
}
