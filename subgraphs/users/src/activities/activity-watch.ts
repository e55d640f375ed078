import { setTimeout as wait } from 'node:timers/promises';
import { type Bus, type BusMessage, createProcessBus } from '@marquee/chassis/bus/bus';
import { isTick } from '@marquee/chassis/bus/tail-store';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import { activityChanges } from '../topics.js';
import type { ActivityExpiryStore, ExpiryPosition } from './activity-expiry-store.js';

export interface ActivityWatch {
  /**
   * The ids of activities from now on, one message for each change, deletion and expiry, until the signal aborts. A tick
   * stands for changes that were lost, because they are not stored.
   */
  follow(signal: AbortSignal): AsyncIterable<BusMessage>;
}

export interface ActivityWatchOptions {
  bus: Bus;
  store: ActivityExpiryStore;
  log: Logger;
}

/** Milliseconds between two reads of the activities that have expired. */
const pollMs = 2_000;

/**
 * Follows activities for all subscribers of a replica together. No request makes an activity expire, so that expired ones are
 * read from the table while there are subscribers.
 */
export function createActivityWatch(options: ActivityWatchOptions): ActivityWatch {
  const local = createProcessBus();
  const followers = new Set<AbortSignal>();
  let working = new AbortController();
  return {
    follow(signal) {
      if (followers.size === 0) runDetached(start);
      followers.add(signal);
      onAbort(signal, () => leave(signal));
      return local.subscribe(activityChanges, signal);
    },
  };

  function start(): void {
    working = new AbortController();
    void forwardChanges(options.bus, local, working.signal);
    void pollExpired(options, local, working.signal);
  }

  function leave(signal: AbortSignal): void {
    if (followers.delete(signal) && followers.size === 0) working.abort();
  }
}

/** The first tick shows that the bus has subscribed to the topic, which begins the stream unless the bus is interrupted. */
async function forwardChanges(bus: Bus, local: Bus, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  let isBeginning = bus.lostUntil() < startedAt;
  for await (const change of bus.subscribe(activityChanges, signal, { catchUp: true })) {
    if (!isTick(change) || !isBeginning) local.publish(activityChanges, change);
    if (isTick(change)) isBeginning = false;
  }
}

async function pollExpired({ store, log }: ActivityWatchOptions, local: Bus, signal: AbortSignal): Promise<void> {
  for (let position: ExpiryPosition | null = null; !signal.aborted;) {
    try {
      const expired = await store.after(position);
      position = expired.position;
      for (const id of expired.ids) local.publish(activityChanges, { id });
    } catch (err) {
      logThrottled(log, { level: 'warn', key: 'expiry', record: { err }, message: 'expired activities are unknown' });
    }
    await wait(pollMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
