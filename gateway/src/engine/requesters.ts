import { rateLimited } from '@marquee/chassis/errors/errors';
import type { FairQueue, WorkOrigin } from './fair-queue.js';

/** One piece of queued work. It may be in the queue several times, once for every origin that waits for it. */
export interface QueuedWork {
  isStarted: boolean;
  start(): void;
}

/** Work of the gateway itself, such as preparing operations on a new supergraph. */
export const ownOrigin: WorkOrigin = { address: '', caller: 'gateway' };

/**
 * Those who wait for one result, such as the plan of an operation. Each step of the work starts at the first turn that
 * any of them gets: someone who waits for a popular result is not delayed by the queue of another one who asked first.
 */
export class Requesters {
  readonly #origins = new Map<string, WorkOrigin>();
  #queued: { work: QueuedWork; queue: FairQueue<QueuedWork> } | undefined;

  constructor(origin: WorkOrigin = ownOrigin) {
    this.add(origin);
  }

  add(origin: WorkOrigin = ownOrigin): void {
    const key = `${origin.address} ${origin.caller}`;
    if (this.#origins.has(key)) return;
    this.#origins.set(key, origin);
    if (this.#queued && !this.#queued.work.isStarted) this.#queued.queue.push(this.#queued.work, origin);
  }

  /** @throws GraphQLError RATE_LIMITED if too much work of every origin is waiting */
  enqueue(work: QueuedWork, queue: FairQueue<QueuedWork>): void {
    this.#queued = { work, queue };
    const accepted = [...this.#origins.values()].map((origin) => queue.push(work, origin));
    if (!accepted.includes(true)) throw tooManyNewOperations();
  }
}

/** The next work that has not started yet. */
export function shiftWork(queue: FairQueue<QueuedWork>): { work: QueuedWork; origin: WorkOrigin } | undefined {
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (!next.task.isStarted) return { work: next.task, origin: next.origin };
  }
  return undefined;
}

/** Operations that are new to the gateway have to be validated and planned, which takes much longer than running them. */
export function tooManyNewOperations(): ReturnType<typeof rateLimited> {
  return rateLimited('Too many operations that are new to the gateway are waiting to be planned.', 1);
}
