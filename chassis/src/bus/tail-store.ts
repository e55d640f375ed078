/**
 * A live stream whose truth is the store: hints of the bus make it look at once, and a slow timer at what hints that were
 * lost would have told of. A hint that is lost or doubled loses and doubles nothing.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import type { Bus, BusMessage } from './bus.js';

/** What a service with such streams reads from the environment. */
export const tailSettings = {
  /** Seconds between two looks at the store for what no hint told of. */
  TAIL_SECONDS: z.coerce.number().positive().max(300).default(30),
};

/** What every such stream of a service has in common. */
export interface TailOptions {
  bus: Bus;
  log: Logger;
  /** Milliseconds between two looks at the store. */
  intervalMs: number;
}

/** What one stream asks of the store. */
export interface StoreTailSource<Item> {
  /** What a hint tells of, as it is now; nothing where the reader may not see it. */
  readNotified(hint: BusMessage): Promise<readonly Item[]>;
  /** What is no older than this, the oldest first. */
  readSince(time: Date): Promise<readonly Item[]>;
  /** The same for the same change of the same thing: it is delivered once. */
  keyOf(item: Item): string;
}

/** Transactions commit, and clocks run, apart by no more than so many milliseconds: they are looked at twice. */
const overlap = 10_000;

/** What becomes true from the call on, until the signal aborts. */
export function tailStore<Item>(
  topic: string,
  looks: StoreTailSource<Item>,
  options: TailOptions,
  signal: AbortSignal,
): AsyncIterable<Item> {
  return deliver(notificationsAndTicks(topic, options, signal), looks, options.log);
}

/** The hints of a topic from the call on, and an empty one at every interval and whenever others may have been lost. */
export function notificationsAndTicks(
  topic: string,
  { bus, intervalMs }: Pick<TailOptions, 'bus' | 'intervalMs'>,
  signal: AbortSignal,
): AsyncIterable<BusMessage> {
  return withTicks(bus.subscribe(topic, signal, { catchUp: true }), intervalMs, signal);
}

/** Tells an empty hint, which calls for a look at the store, from one that tells of something. */
export function isTick(hint: BusMessage): boolean {
  return Object.keys(hint).length === 0;
}

async function* withTicks(
  hints: AsyncIterable<BusMessage>,
  interval: number,
  signal: AbortSignal,
): AsyncGenerator<BusMessage> {
  const pause = () => wait(interval, 'due' as const, { signal }).catch(() => 'left' as const);
  const heard = hints[Symbol.asyncIterator]();
  let next = heard.next();
  let due = pause();
  for (;;) {
    const came = await Promise.race([next, due]);
    if (came === 'left' || (came !== 'due' && came.done)) return;
    if (came === 'due') due = pause();
    else next = heard.next();
    yield came === 'due' ? {} : came.value;
  }
}

async function* deliver<Item>(
  hints: AsyncIterable<BusMessage>,
  { readNotified, readSince, keyOf }: StoreTailSource<Item>,
  log: Logger,
): AsyncGenerator<Item> {
  const delivered = new Map<string, number>();
  const missed = missedSince(Date.now(), readSince, log);
  for await (const hint of hints) {
    const items = isTick(hint) ? await missed() : await readNotified(hint);
    for (const item of items) {
      const key = keyOf(item);
      if (!delivered.has(key)) yield item;
      delivered.set(key, Date.now());
    }
    if (isTick(hint)) forget(delivered, missed.from() - overlap);
  }
}

/** Each look begins a little before the last one; one that fails is made up for by the next. */
function missedSince<Item>(opened: number, since: StoreTailSource<Item>['readSince'], log: Logger) {
  let looked = opened;
  const from = (): number => Math.max(opened, looked - overlap);
  const look = async (): Promise<readonly Item[]> => {
    const begun = Date.now();
    try {
      const items = await since(new Date(from()));
      looked = begun;
      return items;
    } catch (err) {
      logThrottled(log, {
        level: 'warn',
        key: 'stream',
        record: { err },
        message: 'a stream could not look at its store',
      });
      return [];
    }
  };
  return Object.assign(look, { from });
}

function forget(delivered: Map<string, number>, before: number): void {
  for (const [key, at] of delivered) if (at < before) delivered.delete(key);
}
