import type { Deadline } from './deadline.js';
import { endingFailure, UpstreamFailure } from './failure.js';

export interface PlacesOptions {
  name: string;
  /** Requests at a time. */
  size: number;
  /** Requests that wait for a place. */
  queue: number;
  /** Milliseconds after which a service that answers nobody is silent. */
  patience: number;
  /** Milliseconds of a clock that only goes on. */
  now?: () => number;
}

/**
 * Requests at a time to a service that is silent: whether it hangs, a few show as well as many. One more may try whenever
 * none has begun for so long: what is asked now may be less work than what it is silent about.
 */
const mostInSilence = 8;

/**
 * Bounds the requests to one service at a time, and those that wait for their turn. All of the places are there for a
 * service that answers.
 */
export class Places {
  readonly #now: () => number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  /** When the service last answered, or was asked after nobody had waited for it. */
  #heard = 0;
  /** When the last request began. */
  #begun = 0;

  constructor(private readonly options: PlacesOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes a place, or waits for one. @throws UpstreamFailure when too many wait already, or the time is over before */
  enter(deadline: Deadline): Promise<void> | undefined {
    const { name, queue } = this.options;
    if (this.#taken === 0) this.#heard = this.#now();
    if (this.#isFree()) {
      this.#take();
      return undefined;
    }
    if (this.#waiting.size >= queue) throw new UpstreamFailure(name, 'full', 'too many requests wait for it already');
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      deadline.listen((ending) => {
        this.#waiting.delete(resolve);
        reject(endingFailure(name, ending));
      });
    });
  }

  /** Gives the place to who has waited longest. @param answered whether the service has said anything */
  leave(answered: boolean): void {
    this.#taken -= 1;
    if (answered) this.#heard = this.#now();
    for (const next of this.#waiting) {
      if (!this.#isFree()) return;
      this.#waiting.delete(next);
      this.#take();
      next();
    }
  }

  #isFree(): boolean {
    const { size, patience } = this.options;
    if (this.#taken >= size) return false;
    if (this.#taken < mostInSilence) return true;
    const now = this.#now();
    return now - this.#heard <= patience || now - this.#begun > patience;
  }

  #take(): void {
    this.#taken += 1;
    this.#begun = this.#now();
  }
}
