/** Milliseconds within which a service that keeps up acknowledges a subscription. */
const targetMs = 500;

const sizes = { initial: 16, min: 2, max: 512 };

/** Factor by which a late acknowledgement shrinks the window. */
const shrinkFactor = 0.7;

/**
 * The size of a window of outstanding requests: it doubles per round trip until the service first falls behind, then
 * grows by one per round trip, and shrinks by 30 % whenever an acknowledgement is late, once per round trip. This is the
 * congestion control of TCP (RFC 5681), with delay instead of loss as its signal, because nothing is ever lost here.
 */
export class WindowSize {
  #size = sizes.initial;
  /** Below it, the window doubles per round trip. */
  #threshold = Infinity;
  #shrunkAt = -Infinity;

  /** @param now a monotonic clock, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get value(): number {
    return Math.floor(this.#size);
  }

  /**
   * Call it only while requests wait, since the window is not what limits them otherwise.
   * @param openedAt when the request entered the window
   * @param elapsedMs how long its acknowledgement took
   */
  onAcknowledged(openedAt: number, elapsedMs: number): void {
    if (elapsedMs > targetMs) return this.shrink(openedAt);
    this.#size = Math.min(sizes.max, this.#size + (this.#size < this.#threshold ? 1 : 1 / this.#size));
  }

  /** Requests that entered the window before it last shrank do not shrink it again. */
  shrink(openedAt: number): void {
    if (openedAt < this.#shrunkAt) return;
    this.#shrunkAt = this.now();
    this.#size = Math.max(sizes.min, this.#size * shrinkFactor);
    this.#threshold = this.#size;
  }

  /** Starts over: nothing is known of a service that was restarted. */
  restart(): void {
    this.#size = sizes.initial;
    this.#threshold = Infinity;
  }
}
