/**
 * Live streams whose source of truth is the store. A notification of the bus triggers a read at once; a periodic read
 * finds the changes whose notification was lost. Lost and duplicate notifications therefore lose and duplicate no item.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import type { Bus, BusMessage } from './bus.js';

/** The environment variables of a service with such streams. */
export const tailSettings = {
  TAIL_SECONDS: z.coerce
    .number()
    .positive()
    .max(300)
    .default(30)
    .describe('Seconds between two reads of the store that recover changes whose notification was lost.'),
};

/** Milliseconds between two polls while notifications may be lost, because the bus is interrupted. */
const interruptedIntervalMs = 5_000;

/** The intervals of a shared poll. */
export function tailIntervals({ TAIL_SECONDS }: { TAIL_SECONDS: number }): { intervalMs: number; safetyMs: number } {
  const safetyMs = TAIL_SECONDS * 1000;
  return { intervalMs: Math.min(interruptedIntervalMs, safetyMs), safetyMs };
}

/** What all tails of a service share. */
export interface TailOptions {
  bus: Bus;
  log: Logger;
  /** Milliseconds between two periodic reads of the store. */
  intervalMs: number;
}

/** How one stream reads the store. */
export interface StoreTailSource<Item> {
  /** Reads the items that a notification is about, in their current state; none if the reader may not see them. */
  readNotified(notification: BusMessage): Promise<readonly Item[]>;
  /** Reads the items that changed at or after a time, the oldest first. */
  readSince(time: Date): Promise<readonly Item[]>;
  /** Identifies one change of one item. Items with the same key are delivered once. */
  keyOf(item: Item): string;
}

/** Bounds how long transactions take to commit and how far clocks differ: each read overlaps the one before by it. */
const overlapMs = 10_000;

/**
 * Streams the changes of a store from the call on, until the signal aborts. A failed periodic read is logged, and its
 * changes are found by the next one; a failed read after a notification fails the stream.
 *
 * @param topic the topic of the bus on which changes are published
 */
export function tailStore<Item>(
  topic: string,
  source: StoreTailSource<Item>,
  options: TailOptions,
  signal: AbortSignal,
): AsyncIterable<Item> {
  return deliver(notificationsAndTicks(topic, options, signal), source, options.log);
}

/**
 * Calls `onChange` for every notification and tick of a topic, until the signal aborts. Calls may overlap. Their errors
 * are logged, since the next tick makes up for them.
 */
export function watchStore(
  topic: string,
  onChange: (notification: BusMessage) => Promise<unknown>,
  options: TailOptions,
  signal: AbortSignal,
): void {
  const watch = async (): Promise<void> => {
    for await (const notification of notificationsAndTicks(topic, options, signal))
      void onChange(notification).catch((err: unknown) => logFailedRead(options.log, err));
  };
  void watch();
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

async function* deliver<Item>(
  notifications: AsyncIterable<BusMessage>,
  { readNotified, readSince, keyOf }: StoreTailSource<Item>,
  log: Logger,
): AsyncGenerator<Item> {
  const delivered = new Map<string, number>();
  const missed = createMissedReader(Date.now(), readSince, log);
  for await (const notification of notifications) {
    const items = isTick(notification) ? await missed.read() : await readNotified(notification);
    for (const item of items) {
      const key = keyOf(item);
      if (!delivered.has(key)) yield item;
      delivered.set(key, Date.now());
    }
    if (isTick(notification)) forgetBefore(delivered, missed.from() - overlapMs);
  }
}

/** Reads what changed since shortly before the last successful read. */
function createMissedReader<Item>(openedAt: number, readSince: StoreTailSource<Item>['readSince'], log: Logger) {
  let lastRead = openedAt;
  const from = (): number => Math.max(openedAt, lastRead - overlapMs);
  const read = async (): Promise<readonly Item[]> => {
    const startedAt = Date.now();
    try {
      const items = await readSince(new Date(from()));
      lastRead = startedAt;
      return items;
    } catch (err) {
      logFailedRead(log, err);
      return [];
    }
  };
  return { from, read };
}

function forgetBefore(delivered: Map<string, number>, time: number): void {
  for (const [key, at] of delivered) if (at < time) delivered.delete(key);
}

function logFailedRead(log: Logger, err: unknown): void {
  logThrottled(log, { level: 'warn', key: 'tail', record: { err }, message: 'a live stream could not read its store' });
}
