import { backoffDelay } from '@marquee/chassis/timing/backoff';
import { GraphQLError } from 'graphql';

/** Back-off between attempts to reconnect. Half of each delay is random, so that streams do not reconnect all at once. */
const backoff = { baseMs: 200, maxMs: 5_000 };

/** Milliseconds after which an open stream counts as established, even if no event has arrived. */
const establishedAfterMs = 2_000;

/** Error codes after which the gateway reconnects: before the stream was first established, and after. */
const initialRetryCodes = new Set(['UPSTREAM_UNAVAILABLE']);
const establishedRetryCodes = new Set(['UPSTREAM_UNAVAILABLE', 'INTERNAL']);

/**
 * Decides whether and when the gateway subscribes again to a subgraph after its stream was lost: exponential back-off
 * with jitter, from 200 ms up to 5 s. One instance per shared stream.
 */
export class ReconnectPolicy {
  readonly #createdAt = performance.now();
  #isEstablished = false;
  #failures = 0;
  #openedAt: number | undefined;

  /**
   * @param startTimeoutMs milliseconds after which a stream that was never established is given up; one that was
   *   established is retried without a time limit
   */
  constructor(private readonly startTimeoutMs: number) {}

  /** Called before each attempt to subscribe. */
  onAttempt(): void {
    this.#openedAt = undefined;
  }

  /** Called when the socket to the subgraph is acknowledged. */
  onOpened(): void {
    this.#openedAt = performance.now();
  }

  /** Called when an event arrives: the next failure starts with the shortest delay again. */
  onEstablished(): void {
    this.#isEstablished = true;
    this.#failures = 0;
  }

  /** Milliseconds until the next attempt; undefined to give up. */
  delayAfter(failure: unknown): number | undefined {
    const now = performance.now();
    if (now - (this.#openedAt ?? now) > establishedAfterMs) this.onEstablished();
    const { code } = this.errorOf(failure).extensions;
    if (!(this.#isEstablished ? establishedRetryCodes : initialRetryCodes).has(String(code))) return undefined;
    if (!this.#isEstablished && now - this.#createdAt > this.startTimeoutMs) return undefined;
    this.#failures += 1;
    return backoffDelay(this.#failures, backoff);
  }

  errorOf(failure: unknown): GraphQLError {
    if (failure instanceof GraphQLError) return failure;
    return new GraphQLError('The subscription failed.', { originalError: failure as Error });
  }
}
