/** How fast something may come. */
export interface RateLimit {
  /** In the long run. */
  perSecond: number;
  /** At once, after a silence. */
  burst: number;
}

/** A bucket that fills with time, and that whoever comes takes one token out of. */
export class TokenBucket {
  #tokens: number;
  #at: number;

  /** @param now milliseconds of a clock that only goes on */
  constructor(
    { burst }: RateLimit,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#tokens = burst;
    this.#at = now();
  }

  /** Takes one token out; 0 when there was one, otherwise the seconds until there is one. */
  take({ perSecond, burst }: RateLimit): number {
    const at = this.now();
    this.#tokens = Math.min(burst, this.#tokens + ((at - this.#at) / 1000) * perSecond);
    this.#at = at;
    if (this.#tokens < 1) return (1 - this.#tokens) / perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
