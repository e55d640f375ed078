/** Counts what each of many has at the same time. */
export interface ConcurrencyLimiter {
  /** Counts one more in; what it returns counts it out, once. Nothing when there are as many as there may be. */
  acquire(key: string): (() => void) | undefined;
}

/** @param limit of each, at the same time */
export function createConcurrencyLimiter(limit = Infinity): ConcurrencyLimiter {
  const counts = new Map<string, number>();
  return {
    acquire(key) {
      const count = counts.get(key) ?? 0;
      if (count >= limit) return undefined;
      counts.set(key, count + 1);
      let inside = true;
      return () => {
        if (inside) leave(counts, key);
        inside = false;
      };
    },
  };
}

function leave(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
