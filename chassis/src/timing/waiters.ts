/** Waiters that are woken in one turn of the event loop. */
const perTurn = 100;

/** Calls functions in their order, spread over turns of the event loop: requests are served in between. */
export function wakeInTurns(wakes: Iterable<() => void>): void {
  wakeNext(wakes[Symbol.iterator]());
}

function wakeNext(wakes: Iterator<() => void>): void {
  for (let count = 0; count < perTurn; count += 1) {
    const next = wakes.next();
    if (next.done) return;
    next.value();
  }
  setImmediate(wakeNext, wakes);
}

/** Wakes everything that waits for the same change: it may wake thousands of streams. */
export class Waiters {
  #waiting = new Set<() => void>();

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

  /** Wakes all in the order of their calls. One that aborts before its turn is no longer in the set. */
  wake(): void {
    const woken = this.#waiting;
    this.#waiting = new Set();
    wakeInTurns(woken);
  }
}
