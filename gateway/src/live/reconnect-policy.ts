import { GraphQLError } from 'graphql';

/** Milliseconds: how long the first delay is at most, and any delay. */
const baseDelayMs = 200;
const maxDelayMs = 5_000;

/** Milliseconds that a stream must stand to count as begun, though nothing has come. */
const establishedAfterMs = 2_000;

/** What may pass by itself: always, and for a stream that has been let in before. */
const retryableBeforeStart = new Set(['UPSTREAM_UNAVAILABLE']);
const retryableOnceStarted = new Set(['UPSTREAM_UNAVAILABLE', 'INTERNAL']);

/** Tells whether and when a stream that was lost is asked for again. */
export class ReconnectPolicy {
  readonly #since = performance.now();
  #begun = false;
  #failures = 0;
  #openedAt: number | undefined;

  /** @param patience milliseconds after which a stream that has not begun is given up; one that has begun once is not */
  constructor(private readonly patience: number) {}

  onAttempt(): void {
    this.#openedAt = undefined;
  }

  /** The subgraph has taken the attempt. */
  onOpened(): void {
    this.#openedAt = performance.now();
  }

  /** The stream stands. */
  onEstablished(): void {
    this.#begun = true;
    this.#failures = 0;
  }

  /** Milliseconds until the next attempt, spread so that not all come at once; undefined when there is none. */
  delayAfter(failure: unknown): number | undefined {
    const now = performance.now();
    if (now - (this.#openedAt ?? now) > establishedAfterMs) this.onEstablished();
    const { code } = this.errorOf(failure).extensions;
    if (!(this.#begun ? retryableOnceStarted : retryableBeforeStart).has(String(code))) return undefined;
    if (!this.#begun && now - this.#since > this.patience) return undefined;
    const most = Math.min(maxDelayMs, baseDelayMs * 2 ** this.#failures);
    this.#failures += 1;
    return most * (0.5 + Math.random() / 2);
  }

  errorOf(failure: unknown): GraphQLError {
    if (failure instanceof GraphQLError) return failure;
    return new GraphQLError('The stream failed.', { originalError: failure as Error });
  }
}
