import { counter } from '@marquee/chassis/telemetry/instruments';
import type { Leaving } from '@marquee/chassis/telemetry/request';
import type { GatewaySettings } from '../config.js';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.js';
import { Deadline } from './deadline.js';
import { countFailure, abortFailure, type FailureReason, UpstreamFailure } from './upstream-failure.js';
import { Bulkhead } from './bulkhead.js';

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
  /** Whether to ask again would change nothing at the service. */
  isRetryable: boolean;
  /** Who waits for the answer. */
  leaving?: Leaving | undefined;
}

/** Milliseconds before the second attempt, at most before the last; each with jitter. */
const baseDelayMs = 30;
const maxDelayMs = 500;

/** How often the time that a service has goes into the time after which one that answers nobody counts as silent. */
const timeoutPerStall = 5;

/**
 * How one service is asked, so that one that is ill costs nobody else more than its own fields. From the outside in: a
 * deadline for everything, a bounded number of requests at a time and of those that wait, more attempts at what may be
 * repeated and failed in passing, and the circuit breaker, which sees every attempt. It stands around every fetch, so on
 * the way of one that goes well there is little more than counting.
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
      stallAfterMs: (settings.SUBGRAPH_TIMEOUT_SECONDS * 1000) / timeoutPerStall,
    });
  }

  /** @throws UpstreamFailure */
  async run<Result>(attempt: Attempt<Result>, { isRetryable, leaving }: CallOptions): Promise<Result> {
    const { SUBGRAPH_TIMEOUT_SECONDS: seconds, SUBGRAPH_RETRIES: retries } = this.options.settings;
    const deadline = new Deadline(seconds * 1000, leaving);
    let place: 'none' | 'silent' | 'answered' = 'none';
    this.#running += 1;
    try {
      const turn = countingRejection(() => this.#enter(deadline));
      if (turn) await turn.catch(countRejection);
      place = 'answered';
      return await this.#attempts(attempt, deadline, isRetryable ? retries : 0);
    } catch (failure) {
      if (place === 'answered' && isStall(failure)) place = 'silent';
      throw failure;
    } finally {
      if (place !== 'none') this.#bulkhead.release(place === 'answered');
      deadline.close();
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle();
    }
  }

  /** Waits until nothing runs any more. */
  idle(): Promise<void> {
    return new Promise((resolve) => (this.#running === 0 ? resolve() : (this.#onIdle = resolve)));
  }

  /** Nobody waits for a place to be told then that the service is not asked. */
  #enter(deadline: Deadline): Promise<void> | undefined {
    this.#breaker.check();
    return this.#bulkhead.acquire(deadline);
  }

  async #attempts<Result>(attempt: Attempt<Result>, deadline: Deadline, repeats: number): Promise<Result> {
    for (let done = 0; ; done += 1) {
      const tell = countingRejection(() => this.#breaker.admit());
      try {
        const result = await attempt(deadline);
        tell();
        return result;
      } catch (failure) {
        tell(failure);
        if (done >= repeats || !isTransient(failure) || deadline.remainingMs() <= maxDelayMs) throw failure;
      }
      await this.#pause(done, deadline);
    }
  }

  #pause(done: number, deadline: Deadline): Promise<void> {
    const { name } = this.options;
    counter('marquee.upstream.retries').add(1, { service: name });
    return pause(name, Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** done), deadline);
  }
}

type Attempt<Result> = (deadline: Deadline) => Promise<Result>;

function countingRejection<Entered>(enter: () => Entered): Entered {
  try {
    return enter();
  } catch (failure) {
    return countRejection(failure);
  }
}

/** Attempts count and log their own failures; who is turned away before made none. */
function countRejection(failure: unknown): never {
  countFailure(failure as UpstreamFailure);
  throw failure;
}

function pause(name: string, milliseconds: number, deadline: Deadline): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    deadline.onAbort((ending) => {
      clearTimeout(timer);
      reject(abortFailure(name, ending));
    });
  });
}

/** Whether the service has said nothing. */
function isStall(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && stallReasons.has(failure.reason);
}

const stallReasons: ReadonlySet<FailureReason> = new Set(['timeout', 'client_gone', 'circuit_open']);

function isTransient(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && failure.isTransient;
}
