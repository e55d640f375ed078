import type { Bus } from '@marquee/chassis/bus/bus';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { publishActivityChanges } from '../topics.js';

/** Announces the changes of many activities at once, such as those of a deleted account. */
export interface ChangeAnnouncer extends Closable {
  /**
   * Announces the first few at once, and the others at a pace that live streams can follow.
   * @param ids the most important ones first: of more than 10,000 that wait, the last ones are not announced, but logged
   */
  announce(ids: readonly string[]): void;
}

/** 40 a second: each goes to every subscriber of `activityChanged`. */
const [groupSize, intervalMs] = [10, 250];

const maxWaiting = 10_000;

const droppedMessage = 'changes of activities were not announced';

/** Closing it drops those that wait and logs their number: readers find the current state in the store. */
export function createChangeAnnouncer(bus: Bus, log: Logger): ChangeAnnouncer {
  const waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  return {
    announce(ids) {
      waiting.push(...ids);
      drop(waiting.splice(maxWaiting));
      if (timer === undefined) runDetached(publishNext);
    },
    close() {
      clearTimeout(timer);
      drop(waiting.splice(0));
    },
  };

  function drop({ length: count }: readonly string[]): void {
    if (count > 0)
      logThrottled(log, { level: 'warn', key: 'announcements', record: { count }, message: droppedMessage });
  }

  function publishNext(): void {
    publishActivityChanges(bus, ...waiting.splice(0, groupSize));
    timer = waiting.length > 0 ? setTimeout(publishNext, intervalMs).unref() : undefined;
  }
}
