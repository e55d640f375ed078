import { LRUCache } from 'lru-cache';

export interface SegmentedCacheLimits {
  /** Maximum number of entries that were used once. */
  onTrial: number;
  /** Maximum number of entries that were used again. */
  kept: number;
  /** Maximum size of each of the two segments, in the unit of `sizeOf`. */
  maxSize: number;
}

/**
 * A cache in two segments, each of which evicts its least recently used entry. An entry starts on trial and is kept
 * once it is used again, so that any number of entries that are used once cannot evict the ones in use.
 * Source: segmented LRU (Karedla, Love and Wherry, "Caching strategies to improve disk system performance", 1994).
 */
export class SegmentedCache<Key extends string, Value extends object> {
  readonly #onTrial: LRUCache<Key, Value>;
  readonly #kept: LRUCache<Key, Value>;

  /** @param sizeOf the size of an entry, at least 1 */
  constructor({ onTrial, kept, maxSize }: SegmentedCacheLimits, sizeOf: (value: Value, key: Key) => number) {
    const sizes = { maxSize, sizeCalculation: sizeOf };
    this.#onTrial = new LRUCache<Key, Value>({ ...sizes, max: onTrial });
    // An entry that is evicted here gets another trial.
    const dispose = (value: Value, key: Key, reason: LRUCache.DisposeReason) => {
      if (reason === 'evict') this.#onTrial.set(key, value);
    };
    this.#kept = new LRUCache<Key, Value>({ ...sizes, max: kept, dispose });
  }

  get(key: Key): Value | undefined {
    return this.#kept.get(key) ?? this.#promote(key);
  }

  /** Adds or replaces an entry. A new one starts on trial; an entry that exceeds `maxSize` is not cached. */
  set(key: Key, value: Value): void {
    if (this.#kept.has(key)) this.#kept.set(key, value);
    else this.#onTrial.set(key, value);
  }

  delete(key: Key): void {
    this.#kept.delete(key);
    this.#onTrial.delete(key);
  }

  /** All entries, those that are kept first. */
  *values(): Generator<Value> {
    yield* this.#kept.values();
    yield* this.#onTrial.values();
  }

  #promote(key: Key): Value | undefined {
    const value = this.#onTrial.get(key);
    if (value === undefined) return undefined;
    this.#onTrial.delete(key);
    this.#kept.set(key, value);
    return value;
  }
}
