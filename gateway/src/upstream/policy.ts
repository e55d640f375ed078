import { counter } from '@marquee/chassis/telemetry/instruments';
import {
  bulkhead,
  BulkheadRejectedError,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  isTaskCancelledError,
  retry,
} from 'cockatiel';
import type { GatewaySettings } from '../config.js';
import { type BreakerOptions, createBreaker } from './breaker.js';
import { type Deadline, openDeadline } from './deadline.js';
import { countFailure, UpstreamFailure } from './failure.js';

export interface PolicyOptions extends BreakerOptions {
  settings: Pick<GatewaySettings, PolicySetting>;
}

export type PolicySetting =
  | 'SUBGRAPH_TIMEOUT_SECONDS'
  | 'SUBGRAPH_CONCURRENCY'
  | 'SUBGRAPH_QUEUE'
  | 'SUBGRAPH_RETRIES'
  | 'SUBGRAPH_BREAKER_CALLS'
  | 'SUBGRAPH_BREAKER_SECONDS';

export interface Asking {
  /** Whether to ask again would change nothing at the service. */
  repeatable: boolean;
  /** Aborted when nobody waits for the answer any more. */
  client?: AbortSignal | undefined;
}

/** How one service is asked, so that one that is ill costs nobody else more than its own fields. */
export interface Policy {
  /** @throws UpstreamFailure */
  run<Result>(attempt: (deadline: Deadline) => Promise<Result>, asking: Asking): Promise<Result>;
  /** Waits until nothing runs any more. */
  idle(): Promise<void>;
}

/** Milliseconds before the second attempt, at most before the last; each with jitter. */
const backoff = new ExponentialBackoff({ initialDelay: 30, maxDelay: 500 });
const longestPause = 500;

/**
 * From the outside in: a deadline for everything, a bounded number of requests at a time and of those that wait, more
 * attempts at what may be repeated and failed in passing, and the circuit breaker, which sees every attempt.
 */
export function createPolicy({ name, settings, log }: PolicyOptions): Policy {
  const breaker = createBreaker({ name, settings, log });
  const places = bulkhead(settings.SUBGRAPH_CONCURRENCY, settings.SUBGRAPH_QUEUE);
  let running = 0;
  let stopped: () => void = () => undefined;
  return {
    idle: () => new Promise((resolve) => (running === 0 ? resolve() : (stopped = resolve))),
    async run(attempt, { repeatable, client }) {
      const deadline = openDeadline(settings.SUBGRAPH_TIMEOUT_SECONDS * 1000, client);
      const once = () => breaker.run(() => attempt(deadline));
      const attempts = repeatable ? () => repeats(name, settings, deadline).execute(once, deadline.signal) : once;
      running += 1;
      try {
        return await places.execute(attempts, deadline.signal);
      } catch (thrown) {
        throw turnedAway(name, thrown);
      } finally {
        deadline.end();
        running -= 1;
        if (running === 0) stopped();
      }
    },
  };
}

function repeats(name: string, settings: PolicyOptions['settings'], deadline: Deadline) {
  const again = retry(
    handleWhen((failure) => isPassing(failure) && deadline.left() > longestPause),
    { maxAttempts: settings.SUBGRAPH_RETRIES, backoff },
  );
  again.onRetry(() => counter('marquee.upstream.retries').add(1, { service: name }));
  return again;
}

function isPassing(failure: Error): boolean {
  return failure instanceof UpstreamFailure && failure.passing;
}

/** Why the service was not even asked. Attempts have counted and logged their own failures. */
function turnedAway(name: string, thrown: unknown): unknown {
  const failure = refusal(name, thrown);
  if (!failure) return thrown;
  countFailure(failure);
  return failure;
}

function refusal(name: string, thrown: unknown): UpstreamFailure | undefined {
  if (thrown instanceof BulkheadRejectedError)
    return new UpstreamFailure(name, 'full', 'too many requests wait for it already');
  if (isBrokenCircuitError(thrown)) return new UpstreamFailure(name, 'open', 'it has failed too often of late');
  if (isTaskCancelledError(thrown)) return new UpstreamFailure(name, 'full', 'the time was over before its turn came');
  return undefined;
}
