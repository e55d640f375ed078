/**
 * Polls the store for all live streams of a replica together. Streams follow the notifications of the bus; the poll finds
 * the changes whose notification was lost. It only compares versions, many with one request:
 * - of one stream at once, when the bus has missed notifications of its topic;
 * - of all streams at a short interval, while the bus is interrupted, and once more after that;
 * - of all streams at a long interval otherwise, spread evenly over that time.
 */
import { setImmediate as nextMacrotask, setTimeout as wait } from 'node:timers/promises';
import { getOrCreate } from '../caching/memoize.js';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import { onAbort } from '../timing/on-abort.js';
import type { Bus, BusMessage } from './bus.js';
import { isTick } from './tail-store.js';

/** The state of a stream in the store: any change of it changes the version. */
export type Version = string | number;

export interface TailPollOptions {
  bus: Bus;
  log: Logger;
  /** Milliseconds between two polls of a stream while notifications may be lost. */
  intervalMs: number;
  /** Milliseconds between two polls of a stream while the bus works. */
  safetyMs: number;
  /** The most streams that one call of `readVersions` is given. Default: 100. */
  batchSize?: number;
  /** Reads the versions of streams in the store, by key. A stream that does not exist has none. */
  readVersions(keys: readonly string[]): Promise<ReadonlyMap<string, Version>>;
}

/** One live stream. */
export interface Tail {
  /** The topic of the bus on which its changes are published. */
  topic: string;
  /** The version that it has delivered; undefined before the first one. */
  version(): Version | undefined;
  /** Reads the changes since `version()`. @param stored the version in the store, which differs from it */
  catchUp(stored: Version | undefined): Promise<unknown>;
  /** Reads the change that a notification is about. */
  onNotification(notification: BusMessage): Promise<unknown>;
}

export interface TailPoll {
  /**
   * Follows a stream until the signal aborts. Calls of its functions may overlap. After an error, which is logged, the
   * stream is polled again within `intervalMs`.
   * @param key identifies the stream in the store; several tails may follow one stream
   */
  follow(key: string, tail: Tail, signal: AbortSignal): void;
}

export function createTailPoll(options: TailPollOptions): TailPoll {
  return new SharedTailPoll(options);
}

/** How often in the shorter interval it is decided what to poll. */
const ticksPerInterval = 5;

class SharedTailPoll implements TailPoll {
  /** The streams, the one that was polled longest ago first. */
  readonly #tails = new Map<string, Set<Tail>>();
  /** The streams to poll now. */
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #tickedAt = 0;
  /** Streams that may be polled by now, according to the interval. */
  #credit = 0;
  /** Streams that are still to be polled at the short interval. */
  #urgent = 0;
  #isPolling = false;

  constructor(private readonly options: TailPollOptions) {}

  follow(key: string, tail: Tail, signal: AbortSignal): void {
    getOrCreate(this.#tails, key, () => new Set<Tail>()).add(tail);
    if (!this.#timer) this.#start();
    onAbort(signal, () => this.#remove(key, tail));
    void this.#followNotifications(key, tail, signal);
  }

  async #followNotifications(key: string, tail: Tail, signal: AbortSignal): Promise<void> {
    for await (const notification of this.options.bus.subscribe(tail.topic, signal, { catchUp: true })) {
      if (isTick(notification)) this.#poll([key]);
      else void this.#attempt(key, () => tail.onNotification(notification));
    }
  }

  #start(): void {
    this.#tickedAt = performance.now();
    this.#credit = 0;
    const { intervalMs, safetyMs } = this.options;
    this.#timer = setInterval(() => this.#tick(), Math.min(intervalMs, safetyMs) / ticksPerInterval);
  }

  #remove(key: string, tail: Tail): void {
    const tails = this.#tails.get(key);
    tails?.delete(tail);
    if (tails?.size === 0) this.#tails.delete(key);
    if (this.#tails.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Polls full batches only, which cost least. */
  #tick(): void {
    const { bus, intervalMs, safetyMs, batchSize = defaultBatchSize } = this.options;
    const { size } = this.#tails;
    if (bus.lostUntil() >= this.#tickedAt) this.#urgent = size;
    const now = performance.now();
    this.#credit += (size * (now - this.#tickedAt)) / (this.#urgent > 0 ? Math.min(intervalMs, safetyMs) : safetyMs);
    this.#tickedAt = now;
    const batch = Math.min(size, batchSize);
    const count = Math.min(size, Math.floor(this.#credit / batch) * batch);
    if (count === 0) return;
    this.#credit = Math.min(this.#credit - count, batch);
    this.#urgent = Math.max(0, this.#urgent - count);
    this.#poll(this.#nextInTurn(count));
  }

  #nextInTurn(count: number): string[] {
    const next = [...this.#tails].slice(0, count);
    for (const [key, tails] of next) {
      this.#tails.delete(key);
      this.#tails.set(key, tails);
    }
    return next.map(([key]) => key);
  }

  #poll(keys: readonly string[]): void {
    for (const key of keys) this.#due.add(key);
    if (!this.#isPolling) void this.#pollDue();
  }

  /** After a failure, all streams are polled again at the short interval. */
  async #pollDue(): Promise<void> {
    const { log, batchSize = defaultBatchSize } = this.options;
    this.#isPolling = true;
    try {
      await nextMacrotask();
      while (this.#due.size > 0) await this.#compare([...this.#due].slice(0, batchSize));
    } catch (err) {
      logFailedPoll(log, err);
      this.#due.clear();
      this.#urgent = this.#tails.size;
    } finally {
      this.#isPolling = false;
    }
  }

  /** Rests for as long as the streams took to catch up, so that thousands that do so leave time for requests. */
  async #compare(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#due.delete(key);
    const followed = keys.filter((key) => this.#tails.has(key));
    if (followed.length === 0) return;
    const versions = await this.options.readVersions(followed);
    const startedAt = performance.now();
    const behind = followed.flatMap((key) => this.#behind(key, versions.get(key)));
    await Promise.all(behind.map(({ key, catchUp }) => this.#attempt(key, catchUp)));
    if (behind.length > 0) await wait(Math.min(performance.now() - startedAt, this.options.intervalMs));
  }

  #behind(key: string, stored: Version | undefined) {
    const tails = [...(this.#tails.get(key) ?? [])].filter((tail) => tail.version() !== stored);
    return tails.map((tail) => ({ key, catchUp: () => tail.catchUp(stored) }));
  }

  async #attempt(key: string, read: () => Promise<unknown>): Promise<void> {
    try {
      await read();
    } catch (err) {
      logFailedPoll(this.options.log, err);
      setTimeout(() => this.#poll([key]), this.options.intervalMs).unref();
    }
  }
}

const defaultBatchSize = 100;

function logFailedPoll(log: Logger, err: unknown): void {
  logThrottled(log, { level: 'warn', key: 'tail', record: { err }, message: 'a live stream could not read its store' });
}
