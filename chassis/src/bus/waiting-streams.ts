import { getOrCreate } from '../caching/memoize.js';
import { onAbort } from '../timing/on-abort.js';
import { wakeInTurns } from '../timing/waiters.js';
import type { Change } from './change-log.js';

/** Loads the items of new changes for all streams that wait for them. */
export interface LiveItems<Item> {
  /**
   * Returns the item of a change for the streams that have an event for it.
   * @param keys the filters of the streams; each occurs once, however many streams have it
   */
  load(change: Change, keys: readonly string[]): Promise<ReadonlyMap<string, Item>>;
}

/** A stream that has delivered all changes up to a position. */
interface WaitingStream<Item> {
  position: number;
  wake(item: Item | undefined, change: Change | undefined): void;
}

/** An item that a stream has waited for, and its change. */
export interface LiveItem<Item> {
  item: Item;
  change: Change;
}

/**
 * The streams that have delivered all changes of a log so far. A change is loaded once for all of them, and wakes only those
 * that have an event for it, spread over turns of the event loop: thousands of streams may differ in their filters only.
 */
export class WaitingStreams<Item> {
  readonly #byKey = new Map<string, Set<WaitingStream<Item>>>();
  #delivered: Promise<void> = Promise.resolve();

  /** @param reportInterval changes without an event after which a stream is woken all the same */
  constructor(
    private readonly items: LiveItems<Item>,
    private readonly reportInterval: number,
  ) {}

  /**
   * Waits for the next change after a position.
   * @returns the item of the stream's event; undefined if the stream has to read the changes itself, and once the signal aborts
   */
  wait(key: string, position: number, signal: AbortSignal): Promise<LiveItem<Item> | undefined> {
    return new Promise((resolve) => {
      const waiting: WaitingStream<Item> = {
        position,
        wake: (item, change) => {
          signal.removeEventListener('abort', leave);
          this.#remove(key, waiting);
          resolve(item && change && { item, change });
        },
      };
      const leave = () => waiting.wake(undefined, undefined);
      getOrCreate(this.#byKey, key, () => new Set<WaitingStream<Item>>()).add(waiting);
      onAbort(signal, leave);
    });
  }

  /** Delivers changes that follow those which were announced before, one after the other. */
  announce(changes: readonly Change[]): void {
    for (const change of changes) this.#delivered = this.#delivered.then(() => this.#deliver(change));
  }

  /** Lets all streams read the changes themselves. */
  wakeAll(): void {
    const woken = [...this.#all()].map((stream) => () => stream.wake(undefined, undefined));
    this.#byKey.clear();
    wakeInTurns(woken);
  }

  async #deliver(change: Change): Promise<void> {
    if (this.#byKey.size === 0) return;
    try {
      const items = await this.items.load(change, [...this.#byKey.keys()]);
      wakeInTurns(this.#woken(change, items));
    } catch {
      // Each reads the change itself, and fails with the error if it persists.
      this.wakeAll();
    }
  }

  /** Those that are woken no longer wait: a later change that wakes one before its turn would make it skip this one. */
  #woken(change: Change, items: ReadonlyMap<string, Item>): (() => void)[] {
    const woken: (() => void)[] = [];
    for (const [key, streams] of this.#byKey) {
      const item = items.get(key);
      for (const stream of streams) {
        const behind = change.sequence - stream.position;
        if (behind > 0 && item) woken.push(() => stream.wake(item, change));
        else if (behind >= this.reportInterval) woken.push(() => stream.wake(undefined, undefined));
        else continue;
        this.#remove(key, stream);
      }
    }
    return woken;
  }

  *#all(): Iterable<WaitingStream<Item>> {
    for (const streams of this.#byKey.values()) yield* streams;
  }

  #remove(key: string, stream: WaitingStream<Item>): void {
    const streams = this.#byKey.get(key);
    streams?.delete(stream);
    if (streams?.size === 0) this.#byKey.delete(key);
  }
}
