import { counter } from '@marquee/chassis/telemetry/instruments';
import { backoffDelay } from '@marquee/chassis/timing/backoff';
import type { GatewaySettings } from '../config.js';
import { Bulkhead } from './bulkhead.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { OperationContext } from '../engine/operation-context.js';
import { Deadline } from './deadline.js';
import type { OperationParking } from './operation-parking.js';
import type { UpstreamOperation } from './upstream.js';
import { abortFailure, countFailure, type FailureReason, UpstreamFailure } from './upstream-failure.js';

export interface ResiliencePolicyOptions {
  name: string;
  settings: Pick<GatewaySettings, ResilienceSetting>;
  /** Of the service, for all policies. */
  breaker: CircuitBreaker;
  /** Rejects operations that keep failing for their caller. Absent for the gateway's own calls. */
  parking?: OperationParking;
}

export type ResilienceSetting =
  | 'SUBGRAPH_TIMEOUT_SECONDS'
  | 'SUBGRAPH_CONCURRENCY'
  | 'SUBGRAPH_QUEUE'
  | 'SUBGRAPH_RETRIES'
  | 'SUBGRAPH_BREAKER_CALLS'
  | 'SUBGRAPH_BREAKER_SECONDS';

/** The operation that a call sends. A mutation is not sent again after a transient failure. */
export type CalledOperation = Pick<UpstreamOperation, 'query' | 'kind'>;

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
    const { name, settings, breaker } = options;
    this.#breaker = breaker;
    this.#bulkhead = new Bulkhead({
      name,
      maxConcurrent: settings.SUBGRAPH_CONCURRENCY,
      maxQueued: settings.SUBGRAPH_QUEUE,
      stallAfterMs: (settings.SUBGRAPH_TIMEOUT_SECONDS * 1000) / stallsPerTimeout,
    });
  }

  /**
   * Makes a call under this policy.
   * @param context includes the cancellation that aborts the call when the client disconnects
   * @throws UpstreamFailure
   */
  async run<Result>(attempt: Attempt<Result>, operation: CalledOperation, context: OperationContext): Promise<Result> {
    const { parking, settings } = this.options;
    const retries = operation.kind === 'mutation' ? 0 : settings.SUBGRAPH_RETRIES;
    const deadline = new Deadline(settings.SUBGRAPH_TIMEOUT_SECONDS * 1000, context.cancellation);
    let slot: 'none' | 'stalled' | 'responded' = 'none';
    this.#running += 1;
    try {
      const turn = countingRejection(() => this.#acquireSlot(deadline, operation, context));
      if (turn) await turn.catch(countRejection);
      slot = 'responded';
      const result = await this.#attempts(attempt, deadline, retries);
      if (parking?.hasSuspects) parking.succeeded(operation.query, context);
      return result;
    } catch (failure) {
      parking?.failed(operation.query, context, failure);
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

  /** Checks the operation and the circuit breaker first: no call should wait for a slot only to be rejected then. */
  #acquireSlot(deadline: Deadline, { query }: CalledOperation, context: OperationContext): Promise<void> | undefined {
    const { parking } = this.options;
    if (parking?.hasSuspects) parking.check(query, context);
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
