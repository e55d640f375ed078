import { backoffDelay } from '@marquee/chassis/timing/backoff';
import { GraphQLError } from 'graphql';
import type { StreamStart } from '../upstream/subgraph-streams.js';

/** Back-off between attempts to reconnect. Half of each delay is random, so that streams do not reconnect all at once. */
const backoff = { baseMs: 200, maxMs: 5_000 };

/** Milliseconds after which an open stream counts as established, even if no event has arrived. */
const establishedAfterMs = 2_000;

/** Milliseconds that a stream lives before its next failure counts as the first again. */
const livedAfterMs = 10_000;

/** Error codes after which the gateway reconnects: before the stream was first established, and after. */
const initialRetryCodes = new Set(['UPSTREAM_UNAVAILABLE']);
const establishedRetryCodes = new Set(['UPSTREAM_UNAVAILABLE', 'INTERNAL']);

/**
 * Decides whether and when the gateway subscribes again to a subgraph after its stream was lost: exponential back-off
 * with jitter, from 200 ms up to 5 s. One instance per shared stream.
 */
export class ReconnectPolicy implements StreamStart {
  readonly #createdAt: number;
  #isEstablished = false;
  #failures = 0;
  #startedAt: number | undefined;
  /** When the start timeout began. The time before a first successful start is spent in the queue, not in failures. */
  #tryingSince: number | undefined;

  /**
   * @param startTimeoutMs milliseconds after which a stream that was never established is given up; one that was
   *   established is retried without a time limit
   * @param now a monotonic clock, in milliseconds
   */
  constructor(
    private readonly startTimeoutMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#createdAt = now();
  }

  /** Called before each attempt to subscribe. */
  onAttempt(): void {
    this.#startedAt = undefined;
  }

  /** Called when the subgraph acknowledges the subscription. */
  onStarted(): void {
    this.#startedAt = this.now();
  }

  /** Called when an event arrives. */
  onEstablished(): void {
    this.#isEstablished = true;
  }

  /** An established stream waits for as long as the subgraph is down. */
  isPatient(): boolean {
    return this.#isEstablished;
  }

  /**
   * Milliseconds until the next attempt; undefined to give up. The delay starts over only after a stream that has lived:
   * one that fails soon after its start would otherwise be opened again and again without a pause.
   */
  delayAfter(failure: unknown): number | undefined {
    const now = this.now();
    const livedMs = now - (this.#startedAt ?? now);
    if (livedMs > establishedAfterMs) this.onEstablished();
    if (livedMs > livedAfterMs) this.#failures = 0;
    this.#tryingSince ??= this.#startedAt ?? this.#createdAt;
    const { code } = this.errorOf(failure).extensions;
    if (!(this.#isEstablished ? establishedRetryCodes : initialRetryCodes).has(String(code))) return undefined;
    if (!this.#isEstablished && now - this.#tryingSince > this.startTimeoutMs) return undefined;
    this.#failures += 1;
    return backoffDelay(this.#failures, backoff);
  }

  errorOf(failure: unknown): GraphQLError {
    if (failure instanceof GraphQLError) return failure;
    return new GraphQLError('The subscription failed.', { originalError: failure as Error });
  }
}
