/** The rate limit that a token bucket enforces. */
export interface RateLimit {
  /** Sustained rate. */
  perSecond: number;
  /** Capacity: the largest burst after an idle period. */
  burst: number;
}

/** A token bucket, which starts full and refills continuously. */
export class TokenBucket {
  #tokens: number;
  #updatedAt: number;

  /** @param now milliseconds of a monotonic clock */
  constructor(
    { burst }: RateLimit,
    private readonly now: () => number = monotonicTime,
  ) {
    this.#tokens = burst;
    this.#updatedAt = now();
  }

  /** Takes tokens, one by default. @returns 0, or the seconds until there are enough */
  take(limit: RateLimit, count = 1): number {
    this.#refill(limit);
    if (this.#tokens < count) return (count - this.#tokens) / limit.perSecond;
    this.#tokens -= count;
    return 0;
  }

  /**
   * Takes tokens whether there are enough or not, or returns them if the count is negative. The debt is at most one
   * burst.
   */
  correct(limit: RateLimit, count: number): void {
    this.#refill(limit);
    this.#tokens = Math.max(-limit.burst, Math.min(limit.burst, this.#tokens - count));
  }

  #refill({ perSecond, burst }: RateLimit): void {
    const time = this.now();
    this.#tokens = Math.min(burst, this.#tokens + ((time - this.#updatedAt) / 1000) * perSecond);
    this.#updatedAt = time;
  }
}

/** One function for all buckets, of which every socket has one. */
function monotonicTime(): number {
  return performance.now();
}
