import type { Deadline } from './deadline.js';
import { endingFailure, UpstreamFailure } from './failure.js';

export interface PlacesOptions {
  name: string;
  /** Requests at a time. */
  size: number;
  /** Requests that wait for a place. */
  queue: number;
}

/** Bounds the requests to one service at a time, and those that wait for their turn. */
export interface Places {
  /** Takes a place, or waits for one. @throws UpstreamFailure when too many wait already, or the time is over before */
  enter(deadline: Deadline): Promise<void> | undefined;
  /** Gives the place to who has waited longest. */
  leave(): void;
}

export function createPlaces({ name, size, queue }: PlacesOptions): Places {
  const waiting = new Set<() => void>();
  let free = size;
  return {
    enter(deadline) {
      if (free > 0) return void (free -= 1);
      if (waiting.size >= queue) throw new UpstreamFailure(name, 'full', 'too many requests wait for it already');
      return new Promise((resolve, reject) => {
        waiting.add(resolve);
        deadline.listen((ending) => {
          waiting.delete(resolve);
          reject(endingFailure(name, ending));
        });
      });
    },
    leave() {
      const [next] = waiting;
      if (!next) return void (free += 1);
      waiting.delete(next);
      next();
    },
  };
}
