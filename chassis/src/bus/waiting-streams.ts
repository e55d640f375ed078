import { setTimeout as wait } from 'node:timers/promises';
import { getOrCreate } from '../caching/memoize.js';
import { eventWork } from '../timing/work-slices.js';
import type { Change } from './change-log.js';

/** The item of a change that is an event of a stream. */
export interface LiveItem<Item> {
  item: Item;
  change: Change;
}

/** Loads the items of new changes for all streams that wait for them. */
export interface LiveItems<Item> {
  /**
   * Returns the items of the changes for the streams that have an event for them, in the order of the changes.
   * @param keys the filters of the streams; each occurs once, however many streams have it
   */
  load(changes: readonly Change[], keys: readonly string[]): Promise<ReadonlyMap<string, readonly LiveItem<Item>[]>>;
}

/** Events of a stream. */
export interface FoundItems<Item> {
  /** In the order of their changes; empty if the stream only has to report its position. */
  items: readonly LiveItem<Item>[];
  /** The sequence of the last change that they were found among. */
  position: number;
}

/** A stream that has delivered all changes up to its position. */
export interface WaitingStream<Item> {
  readonly key: string;
  readonly position: number;
  /** Ends the wait. Without events the stream has to read the changes itself. */
  wake(found: FoundItems<Item> | undefined): void;
}

/** The log that the streams wait for. */
export interface AwaitedLog {
  readonly stream: string;
  /** The sequence of its latest change. */
  last(): number;
  /** The first changes after a sequence, up to the first that is no longer stored. */
  changesAfter(sequence: number, limit: number): Promise<readonly Change[]>;
}

/** Changes that are loaded together. */
const batchSize = 50;

/** Maximum of milliseconds between two batches. */
const maxRestMs = 500;

/**
 * The streams that have delivered all changes of a log so far. Changes are loaded once for all of them, and wake only those
 * that have an event for them, spread over turns of the event loop: thousands of streams may differ in their filters only.
 * Changes that come faster than they are delivered wait in the log, and are loaded together.
 */
export class WaitingStreams<Item> {
  readonly #byKey = new Map<string, Set<WaitingStream<Item>>>();
  /** The sequence up to which changes are delivered, or are being delivered. */
  #delivered: number;
  #isDelivering = false;

  /** @param reportInterval changes without an event after which a stream is woken all the same */
  constructor(
    private readonly log: AwaitedLog,
    private readonly items: LiveItems<Item>,
    private readonly reportInterval: number,
  ) {
    this.#delivered = log.last();
  }

  /** Lets a stream wait for its next event. Returns false if it has to read changes itself before. */
  add(stream: WaitingStream<Item>): boolean {
    if (stream.position < this.#delivered) return false;
    getOrCreate(this.#byKey, stream.key, () => new Set<WaitingStream<Item>>()).add(stream);
    return true;
  }

  /** Ends the wait of a stream that is closed. */
  delete(stream: WaitingStream<Item>): void {
    const streams = this.#byKey.get(stream.key);
    streams?.delete(stream);
    if (streams?.size === 0) this.#byKey.delete(stream.key);
  }

  /** Delivers the changes that the log has by now. */
  announce(): void {
    if (!this.#isDelivering) void this.#deliverAll();
  }

  /** Rests after each batch for as long as that took: thousands of filters leave time and connections to requests. */
  async #deliverAll(): Promise<void> {
    this.#isDelivering = true;
    while (this.#delivered < this.log.last()) {
      const startedAt = performance.now();
      await this.#deliverNext();
      if (this.#delivered < this.log.last()) await wait(Math.min(maxRestMs, performance.now() - startedAt));
    }
    this.#isDelivering = false;
  }

  async #deliverNext(): Promise<void> {
    const keys = [...this.#byKey.keys()];
    const before = this.#delivered;
    this.#delivered = this.log.last();
    if (keys.length === 0) return;
    try {
      const changes = await this.log.changesAfter(before, batchSize);
      this.#delivered = changes.at(-1)?.sequence ?? before;
      if (changes[0]?.sequence !== before + 1) throw new Error('Changes are missing.');
      await this.#wake(this.#delivered, await this.items.load(changes, keys));
    } catch {
      // Each reads the changes itself: it reports those that are missing, and fails with an error that persists.
      this.#delivered = this.log.last();
      this.#wakeAll();
    }
  }

  /** Resolves when the last of the streams was woken. It no longer waits before its turn, and gets no later event. */
  #wake(position: number, items: ReadonlyMap<string, readonly LiveItem<Item>[]>): Promise<void> {
    for (const [key, streams] of this.#byKey) {
      const found = items.get(key) ?? [];
      for (const stream of streams) {
        const own = itemsAfter(stream.position, found);
        if (own.length > 0 || position - stream.position >= this.reportInterval)
          this.#wakeLater(stream, { items: own, position });
      }
    }
    return eventWork.run(() => Promise.resolve(), this.log.stream);
  }

  #wakeAll(): void {
    for (const streams of this.#byKey.values()) for (const stream of streams) this.#wakeLater(stream, undefined);
  }

  #wakeLater(stream: WaitingStream<Item>, found: FoundItems<Item> | undefined): void {
    this.delete(stream);
    eventWork.start(() => stream.wake(found), this.log.stream);
  }
}

/** The same list for all streams that have delivered none of them. */
function itemsAfter<Item>(position: number, items: readonly LiveItem<Item>[]): readonly LiveItem<Item>[] {
  const isNew = ({ change }: LiveItem<Item>) => change.sequence > position;
  return items.every(isNew) ? items : items.filter(isNew);
}
