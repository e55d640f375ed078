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
  #running: { origin: WorkOrigin; startedAt: number } | undefined;

  constructor(private readonly options: PlannerQueueOptions) {
    this.#maxWaitMs = options.maxWaitMs ?? 5_000;
    this.#maxRunMs = options.maxRunMs ?? 5_000;
  }

  /** @throws GraphQLError RATE_LIMITED if it has no turn in time; BAD_USER_INPUT if the request takes too long */
  run<Result>(request: () => Promise<Result>, requesters: Requesters): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const work: QueuedWork = {
        isStarted: false,
        start: () => {
          clearTimeout(timer);
          this.#runInTime(request)
            .finally(() => this.#finish())
            .then(resolve, reject);
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
    const next = this.#running ? undefined : shiftWork(this.#queue);
    if (!next) return;
    this.#running = { origin: next.origin, startedAt: performance.now() };
    next.work.isStarted = true;
    next.work.start();
  }

  #finish(): void {
    if (this.#running) this.#queue.charge(this.#running.origin, performance.now() - this.#running.startedAt);
    this.#running = undefined;
    this.#next();
  }

  async #runInTime<Result>(request: () => Promise<Result>): Promise<Result> {
    const run = { isStopped: false };
    const timer = setTimeout(() => {
      run.isStopped = true;
      this.options.stop();
    }, this.#maxRunMs).unref();
    try {
      return await request();
    } catch (error) {
      if (!run.isStopped) throw error;
      throw badInput({ path: 'query', message: 'the operation takes too long to plan' });
    } finally {
      clearTimeout(timer);
    }
  }
}
