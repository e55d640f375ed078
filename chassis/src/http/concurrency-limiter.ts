/** Limits how many of something each key has at the same time. */
export interface ConcurrencyLimiter {
  /**
   * Takes one of the key's places.
   * @returns a function that releases it, once; undefined if the key has reached the limit
   */
  acquire(key: string): (() => void) | undefined;
}

/** @param limit places of each key; unlimited when omitted */
export function createConcurrencyLimiter(limit = Infinity): ConcurrencyLimiter {
  const counts = new Map<string, number>();
  return {
    acquire(key) {
      const count = counts.get(key) ?? 0;
      if (count >= limit) return undefined;
      counts.set(key, count + 1);
      let isHeld = true;
      return () => {
        if (isHeld) decrement(counts, key);
        isHeld = false;
      };
    },
  };
}

function decrement(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
