import { badInput } from '@marquee/chassis/errors/errors';
import { FairQueue, type WorkOrigin } from '../fair-queue.js';
import { type QueuedWork, type Requesters, shiftWork, tooManyNewOperations } from '../requesters.js';

export interface PlannerQueueOptions {
  /** Milliseconds that a request may wait for its turn. */
  maxWaitMs?: number;
  /** Milliseconds that a request may take. */
  maxRunMs?: number;
  /** Called for a request that takes too long: stops it, so that its promise settles. */
  stop(): void;
}

/** Lets requests to a planner thread take fair turns, one at a time, each with a deadline. */
export class PlannerQueue {
  readonly #queue = new FairQueue<QueuedWork>();
  readonly #maxWaitMs: number;
  readonly #maxRunMs: number;
  #isRunning = false;

  constructor(private readonly options: PlannerQueueOptions) {
    this.#maxWaitMs = options.maxWaitMs ?? 5_000;
    this.#maxRunMs = options.maxRunMs ?? 5_000;
  }

  /** @throws GraphQLError RATE_LIMITED if it has no turn in time; BAD_USER_INPUT if the request takes too long */
  run<Result>(request: () => Promise<Result>, requesters: Requesters): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const work: TimedWork = {
        isStarted: false,
        start: () => {
          clearTimeout(timer);
          return this.#runInTime(request).then(resolve, reject);
        },
      };
      requesters.enqueue(work, this.#queue);
      const timer = setTimeout(() => {
        work.isStarted = true;
        reject(tooManyNewOperations());
      }, this.#maxWaitMs).unref();
      this.#next();
    });
  }

  #next(): void {
    if (this.#isRunning) return;
    const next = shiftWork(this.#queue);
    if (!next) return;
    this.#isRunning = true;
    next.work.isStarted = true;
    void this.#charge(next.work as TimedWork, next.origin);
  }

  async #charge(work: TimedWork, origin: WorkOrigin): Promise<void> {
    const started = performance.now();
    await work.start();
    this.#queue.charge(origin, performance.now() - started);
    this.#isRunning = false;
    this.#next();
  }

  async #runInTime<Result>(request: () => Promise<Result>): Promise<Result> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.options.stop();
    }, this.#maxRunMs).unref();
    try {
      return await request();
    } catch (error) {
      throw isLate ? badInput({ path: 'query', message: 'the operation takes too long to plan' }) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

interface TimedWork extends QueuedWork {
  start(): Promise<void>;
}
