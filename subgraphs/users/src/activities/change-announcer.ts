import type { Bus } from '@marquee/chassis/bus/bus';
import type { Closable } from '@marquee/chassis/process/closers';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import { publishActivityChanges } from '../topics.js';

/** Announces the changes of many activities at once, such as those of a deleted account. */
export interface ChangeAnnouncer extends Closable {
  /**
   * Announces the first few at once, and the others at a pace that live streams can follow.
   * @param ids the most important ones first: of more than 10,000 that wait, the last ones are not announced
   */
  announce(ids: readonly string[]): void;
}

/** 40 a second: each goes to every subscriber of `activityChanged`. */
const [groupSize, intervalMs] = [10, 250];

const maxWaiting = 10_000;

/** Closing it drops those that wait: readers find the current state in the store. */
export function createChangeAnnouncer(bus: Bus): ChangeAnnouncer {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  return {
    announce(ids) {
      waiting = [...waiting, ...ids].slice(0, maxWaiting);
      if (timer === undefined) runDetached(publishNext);
    },
    close() {
      clearTimeout(timer);
      waiting = [];
    },
  };

  function publishNext(): void {
    publishActivityChanges(bus, ...waiting.splice(0, groupSize));
    timer = waiting.length > 0 ? setTimeout(publishNext, intervalMs).unref() : undefined;
  }
}
