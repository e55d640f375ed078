/** Milliseconds of work in one turn of the event loop. */
const sliceMs = 3;

/** Work that starts at once in a turn. Only of later work the time includes the steps that follow its start. */
const maxAtOnce = 16;

/**
 * Spreads work that is due at the same moment, such as one event of thousands of streams, over turns of the event loop, so
 * that requests are served in between. It starts in the order of the calls.
 */
export class WorkSlices {
  readonly #waiting: (() => void)[] = [];
  #startedAt: number | undefined;
  #startedAtOnce = 0;

  /** Starts the work at once, or in a later turn if this one has taken long or has started much. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#startedAt === undefined) this.#begin();
    if (this.#waiting.length === 0 && this.#startedAtOnce < maxAtOnce && !this.#isOver()) {
      this.#startedAtOnce += 1;
      return work();
    }
    return new Promise((resolve) => this.#waiting.push(() => resolve(work())));
  }

  #begin(): void {
    this.#startedAt = performance.now();
    this.#startedAtOnce = 0;
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
