import { counter } from '@marquee/chassis/telemetry/instruments';
import type { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import { backoffDelay } from '@marquee/chassis/timing/backoff';
import type { GatewaySettings } from '../config.js';
import { Bulkhead } from './bulkhead.js';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.js';
import { Deadline } from './deadline.js';
import { abortFailure, countFailure, type FailureReason, UpstreamFailure } from './upstream-failure.js';

export interface ResiliencePolicyOptions extends CircuitBreakerOptions {
  settings: Pick<GatewaySettings, ResilienceSetting>;
}

export type ResilienceSetting =
  | 'SUBGRAPH_TIMEOUT_SECONDS'
  | 'SUBGRAPH_CONCURRENCY'
  | 'SUBGRAPH_QUEUE'
  | 'SUBGRAPH_RETRIES'
  | 'SUBGRAPH_BREAKER_CALLS'
  | 'SUBGRAPH_BREAKER_SECONDS';

export interface CallOptions {
  /** Whether the call may be sent again after a transient failure: true for queries, false for mutations. */
  isRetryable: boolean;
  /** Aborts the call when the client disconnects. */
  cancellation?: Cancellation | undefined;
}

/** Back-off between retries; the delay is random from 0, because most failures are over quickly. */
const backoff = { baseMs: 30, maxMs: 500, jitter: 'full' } as const;

/** A service counts as stalled after a fifth of its timeout without any response. */
const stallsPerTimeout = 5;

/**
 * The resilience policy of one service: a failing service costs only its own fields. From the outside in: a deadline
 * for the whole call, a bulkhead, retries of transient failures with back-off, and a circuit breaker around every
 * attempt. Every fetch passes through it, so the successful path does little more than count.
 */
export class ResiliencePolicy {
  readonly #breaker: CircuitBreaker;
  readonly #bulkhead: Bulkhead;
  #running = 0;
  #onIdle: () => void = () => undefined;

  constructor(private readonly options: ResiliencePolicyOptions) {
    const { name, settings } = options;
    this.#breaker = new CircuitBreaker(options);
    this.#bulkhead = new Bulkhead({
      name,
      maxConcurrent: settings.SUBGRAPH_CONCURRENCY,
      maxQueued: settings.SUBGRAPH_QUEUE,
      stallAfterMs: (settings.SUBGRAPH_TIMEOUT_SECONDS * 1000) / stallsPerTimeout,
    });
  }

  /** Makes a call under this policy. @throws UpstreamFailure */
  async run<Result>(attempt: Attempt<Result>, { isRetryable, cancellation }: CallOptions): Promise<Result> {
    const { SUBGRAPH_TIMEOUT_SECONDS: seconds, SUBGRAPH_RETRIES: retries } = this.options.settings;
    const deadline = new Deadline(seconds * 1000, cancellation);
    let slot: 'none' | 'stalled' | 'responded' = 'none';
    this.#running += 1;
    try {
      const turn = countingRejection(() => this.#acquireSlot(deadline));
      if (turn) await turn.catch(countRejection);
      slot = 'responded';
      return await this.#attempts(attempt, deadline, isRetryable ? retries : 0);
    } catch (failure) {
      if (slot === 'responded' && isStall(failure)) slot = 'stalled';
      throw failure;
    } finally {
      if (slot !== 'none') this.#bulkhead.release(slot === 'responded');
      deadline.close();
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle();
    }
  }

  /** Resolves once no call is running. */
  idle(): Promise<void> {
    return new Promise((resolve) => (this.#running === 0 ? resolve() : (this.#onIdle = resolve)));
  }

  /** Checks the circuit breaker first: no call should wait for a slot only to be rejected afterwards. */
  #acquireSlot(deadline: Deadline): Promise<void> | undefined {
    this.#breaker.check();
    return this.#bulkhead.acquire(deadline);
  }

  async #attempts<Result>(attempt: Attempt<Result>, deadline: Deadline, retries: number): Promise<Result> {
    for (let done = 0; ; done += 1) {
      const report = countingRejection(() => this.#breaker.admit());
      try {
        const result = await attempt(deadline);
        report();
        return result;
      } catch (failure) {
        report(failure);
        if (done >= retries || !isTransient(failure) || deadline.remainingMs() <= backoff.maxMs) throw failure;
      }
      await this.#backOff(done + 1, deadline);
    }
  }

  #backOff(failedAttempts: number, deadline: Deadline): Promise<void> {
    const { name } = this.options;
    counter('marquee.upstream.retries').add(1, { service: name });
    return pause(name, backoffDelay(failedAttempts, backoff), deadline);
  }
}

type Attempt<Result> = (deadline: Deadline) => Promise<Result>;

function countingRejection<Admitted>(admit: () => Admitted): Admitted {
  try {
    return admit();
  } catch (failure) {
    return countRejection(failure);
  }
}

/** Counts a call that was rejected before its first attempt; attempts count and log their own failures. */
function countRejection(failure: unknown): never {
  countFailure(failure as UpstreamFailure);
  throw failure;
}

function pause(name: string, milliseconds: number, deadline: Deadline): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    deadline.onAbort((reason) => {
      clearTimeout(timer);
      reject(abortFailure(name, reason));
    });
  });
}

/** Whether the call ended without any response of the service. */
function isStall(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && stallReasons.has(failure.reason);
}

const stallReasons: ReadonlySet<FailureReason> = new Set(['timeout', 'client_gone', 'circuit_open']);

function isTransient(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && failure.isTransient;
}
