/** Milliseconds of work in one turn of the event loop. */
const sliceMs = 2;

/** Work that starts at once in a turn. Only of later work the time includes the steps that follow its start. */
const maxAtOnce = 16;

/** The lane of work without a name. */
const commonLane = '';

/**
 * Spreads work that is due at the same moment, such as one event of thousands of streams, over turns of the event loop, so
 * that requests are served in between. Work of one lane starts in the order of the calls, and lanes take turns: a
 * client with thousands of streams does not delay the events of others.
 */
export class WorkSlices {
  readonly #lanes = new Map<string, WorkQueue>();
  #startedAt: number | undefined;
  #startedAtOnce = 0;

  /** Starts the work at once, or in a later turn if this one has taken long or has started much. */
  run<Result>(work: () => Promise<Result>, lane = commonLane): Promise<Result> {
    if (this.#startsAtOnce()) return work();
    return new Promise((resolve, reject) => {
      const start = () => {
        try {
          resolve(work());
        } catch (failure) {
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        }
      };
      this.#append(start, lane);
    });
  }

  /** Like `run`, for work without a result. An error of the work is not handled. */
  start(work: () => void, lane = commonLane): void {
    if (this.#startsAtOnce()) work();
    else this.#append(work, lane);
  }

  #startsAtOnce(): boolean {
    if (this.#startedAt === undefined) this.#begin();
    if (this.#lanes.size > 0 || this.#startedAtOnce >= maxAtOnce) return false;
    this.#startedAtOnce += 1;
    return this.#startedAtOnce === 1 || !this.#isOver();
  }

  #append(work: () => void, lane: string): void {
    const queue = this.#lanes.get(lane);
    if (queue) queue.push(work);
    else this.#lanes.set(lane, new WorkQueue(work));
  }

  #begin(): void {
    this.#startedAt = performance.now();
    this.#startedAtOnce = 0;
    setImmediate(() => void this.#next());
  }

  /** The time of a slice includes the steps that follow each start, such as sending a result that was known already. */
  async #next(): Promise<void> {
    this.#startedAt = undefined;
    if (this.#lanes.size === 0) return;
    this.#begin();
    while (!this.#isOver()) {
      const start = this.#shift();
      if (!start) return;
      start();
      await Promise.resolve();
    }
  }

  /** The next work of the lane whose turn it is. */
  #shift(): (() => void) | undefined {
    for (const [name, queue] of this.#lanes) {
      const work = queue.shift();
      if (this.#lanes.size > 1 || queue.isEmpty) this.#lanes.delete(name);
      if (!queue.isEmpty) this.#lanes.set(name, queue);
      return work;
    }
    return undefined;
  }

  #isOver(): boolean {
    return this.#startedAt !== undefined && performance.now() - this.#startedAt >= sliceMs;
  }
}

/** Works that were taken from the front of a queue before its array is shortened. */
const maxTaken = 1_024;

/** A queue of thousands of works, of which the first is taken in constant time. */
class WorkQueue {
  #works: (() => void)[];
  #taken = 0;

  constructor(first: () => void) {
    this.#works = [first];
  }

  get isEmpty(): boolean {
    return this.#taken === this.#works.length;
  }

  push(work: () => void): void {
    this.#works.push(work);
  }

  shift(): (() => void) | undefined {
    const work = this.#works[this.#taken];
    this.#taken += 1;
    if (this.#taken < maxTaken) return work;
    this.#works = this.#works.slice(this.#taken);
    this.#taken = 0;
    return work;
  }
}

/**
 * The events of all streams of this process. All stages of their delivery share its slices, so that they take a small part
 * of a turn together.
 */
export const eventWork = new WorkSlices();
