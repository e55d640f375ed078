/** Live streams of a state in the store, which is read again on every notification and periodically. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Logger } from '../telemetry/log.js';
import type { Bus, BusMessage } from './bus.js';

/** The environment variables of a service with such streams. */
export const tailSettings = {
  TAIL_SECONDS: z.coerce
    .number()
    .positive()
    .max(3_600)
    .default(60)
    .describe(
      'Seconds between two polls of a live stream for changes whose notification was lost, while the bus works.',
    ),
};

/** Milliseconds between two polls while notifications may be lost, because the bus is interrupted. */
const interruptedIntervalMs = 5_000;

/** The intervals of a shared poll. */
export function tailIntervals({ TAIL_SECONDS }: { TAIL_SECONDS: number }): { intervalMs: number; safetyMs: number } {
  const safetyMs = TAIL_SECONDS * 1000;
  return { intervalMs: Math.min(interruptedIntervalMs, safetyMs), safetyMs };
}

/** What all such streams of a service share. */
export interface TailOptions {
  bus: Bus;
  log: Logger;
  /** Milliseconds between two periodic reads of the store. */
  intervalMs: number;
}

/**
 * The notifications of a topic from the call on, until the signal aborts, and ticks: empty notifications at every interval
 * and whenever the bus may have lost some.
 */
export function notificationsAndTicks(
  topic: string,
  { bus, intervalMs }: Pick<TailOptions, 'bus' | 'intervalMs'>,
  signal: AbortSignal,
): AsyncIterable<BusMessage> {
  return withTicks(bus.subscribe(topic, signal, { catchUp: true }), intervalMs, signal);
}

/** Whether a notification is a tick, which calls for a read of everything that may have changed. */
export function isTick(notification: BusMessage): boolean {
  return Object.keys(notification).length === 0;
}

async function* withTicks(
  notifications: AsyncIterable<BusMessage>,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<BusMessage> {
  const startTimer = () => wait(intervalMs, 'tick' as const, { signal }).catch(() => 'aborted' as const);
  const iterator = notifications[Symbol.asyncIterator]();
  let next = iterator.next();
  let timer = startTimer();
  for (;;) {
    const event = await Promise.race([next, timer]);
    if (event === 'aborted' || (event !== 'tick' && event.done)) return;
    if (event === 'tick') timer = startTimer();
    else next = iterator.next();
    yield event === 'tick' ? {} : event.value;
  }
}
