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

/** Bounds the requests to one service at a time, and those that wait for their turn. */
export interface Places {
  /** Takes a place, or waits for one. @throws UpstreamFailure when too many wait already, or the time is over before */
  enter(deadline: Deadline): Promise<void> | undefined;
  /** Gives the place to who has waited longest. @param answered whether the service has said anything */
  leave(answered: boolean): void;
}

/** Requests at a time to a service that is silent: whether it hangs, a few show as well as many. */
const mostInSilence = 8;

/** All of the places are there for a service that answers. */
export function createPlaces({ name, size, queue, patience, now = () => performance.now() }: PlacesOptions): Places {
  const waiting = new Set<() => void>();
  let taken = 0;
  /** When the service last answered, or was asked after nobody had waited for it. */
  let heard = 0;
  const isFree = (): boolean => taken < size && (taken < mostInSilence || now() - heard <= patience);
  return {
    enter(deadline) {
      if (taken === 0) heard = now();
      if (isFree()) return void (taken += 1);
      if (waiting.size >= queue) throw new UpstreamFailure(name, 'full', 'too many requests wait for it already');
      return new Promise((resolve, reject) => {
        waiting.add(resolve);
        deadline.listen((ending) => {
          waiting.delete(resolve);
          reject(endingFailure(name, ending));
        });
      });
    },
    leave(answered) {
      taken -= 1;
      if (answered) heard = now();
      for (const next of waiting) {
        if (!isFree()) return;
        waiting.delete(next);
        taken += 1;
        next();
      }
    },
  };
}
