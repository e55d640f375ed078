import { LRUCache } from 'lru-cache';
import { getOrCreate } from './memoize.js';
import { type ShortLived, shortLived } from './short-lived.js';

export interface ShortLivedByOptions {
  /** Milliseconds from the start of a computation during which its result is used. */
  lifetimeMs: number;
  /** Keys whose values are kept; the least recently used one is dropped for another. */
  max: number;
}

/**
 * Computes an aggregate once for all callers with the same key, as `shortLived` does.
 * @returns a function that returns the value of a key, at most as old as its lifetime
 */
export function shortLivedBy<Value>(
  compute: (key: string) => Promise<Value>,
  { lifetimeMs, max }: ShortLivedByOptions,
): (key: string) => Promise<Value> {
  const entries = new LRUCache<string, ShortLived<Value>>({ max });
  const create = (key: string): ShortLived<Value> => shortLived(() => compute(key), lifetimeMs);
  return async (key) => (await getOrCreate<string, ShortLived<Value>>(entries, key, create).get()).value;
}
