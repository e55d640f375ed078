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
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#tokens = burst;
    this.#updatedAt = now();
  }

  /** Takes one token. @returns 0, or the seconds until there is a token */
  take({ perSecond, burst }: RateLimit): number {
    const time = this.now();
    this.#tokens = Math.min(burst, this.#tokens + ((time - this.#updatedAt) / 1000) * perSecond);
    this.#updatedAt = time;
    if (this.#tokens < 1) return (1 - this.#tokens) / perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
