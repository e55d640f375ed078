/** Milliseconds of work in one turn of the event loop. */
const sliceMs = 5;

/**
 * Spreads work that is due at the same moment, such as one event of thousands of streams, over turns of the event loop, so
 * that requests are served in between. It starts in the order of the calls.
 */
export class WorkSlices {
  readonly #waiting: (() => void)[] = [];
  #startedAt: number | undefined;

  /** Starts the work at once, or in a later turn if this one has taken long. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#startedAt === undefined) this.#begin();
    if (this.#waiting.length === 0 && !this.#isOver()) return work();
    return new Promise((resolve) => this.#waiting.push(() => resolve(work())));
  }

  #begin(): void {
    this.#startedAt = performance.now();
    setImmediate(() => void this.#next());
  }

  /** The time of a slice includes the steps that follow each start, such as sending a result that was known already. */
  async #next(): Promise<void> {
    this.#startedAt = undefined;
    if (this.#waiting.length === 0) return;
    this.#begin();
    while (!this.#isOver()) {
      const start = this.#waiting.shift();
      if (!start) return;
      start();
      await Promise.resolve();
    }
  }

  #isOver(): boolean {
    return this.#startedAt !== undefined && performance.now() - this.#startedAt >= sliceMs;
  }
}
