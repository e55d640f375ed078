import { counter, gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhen,
} from 'cockatiel';
import type { GatewaySettings } from '../config.js';
import { type FailureReason, UpstreamFailure } from './failure.js';

export interface BreakerOptions {
  name: string;
  settings: Pick<GatewaySettings, 'SUBGRAPH_BREAKER_CALLS' | 'SUBGRAPH_BREAKER_SECONDS'>;
  log: Logger;
}

/** Keeps a service from being asked while it fails. */
export interface Breaker {
  /** @throws BrokenCircuitError when the service is not asked now; otherwise what `attempt` throws */
  run<Result>(attempt: () => Promise<Result>): Promise<Result>;
}

/** Share of the last attempts that fail when the breaker opens, and the fewest attempts that say anything. */
const threshold = 0.5;
const fewest = 5;

/** What says that the service is ill. A caller that it does not believe is no sign of that, a client that left neither. */
const illness: ReadonlySet<FailureReason> = new Set(['timeout', 'connection', 'status', 'garbage']);

/**
 * Opens when more than half of the last attempts have failed. After some seconds one attempt is let through
 * (half open): its success closes the breaker. Every change is logged and counted.
 */
export function createBreaker({ name, settings, log }: BreakerOptions): Breaker {
  const size = settings.SUBGRAPH_BREAKER_CALLS;
  const breaker = circuitBreaker(handleWhen(isIllness), {
    halfOpenAfter: settings.SUBGRAPH_BREAKER_SECONDS * 1000,
    breaker: new CountBreaker({ threshold, size, minimumNumberOfCalls: Math.min(size, fewest) }),
  });
  tellChanges(name, breaker, log);
  return {
    async run(attempt) {
      // The library would let all others wait for the one attempt of a breaker that is half open.
      if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
      return breaker.execute(attempt);
    },
  };
}

function isIllness(failure: Error): boolean {
  return failure instanceof UpstreamFailure && illness.has(failure.reason);
}

const states = { [CircuitState.Closed]: 'closed', [CircuitState.HalfOpen]: 'half-open', [CircuitState.Open]: 'open' };

/** The gauge shows 0 for closed, 1 for half open, 2 for open. */
const shown = { closed: 0, 'half-open': 1, open: 2 };

function tellChanges(name: string, breaker: CircuitBreakerPolicy, log: Logger): void {
  breaker.onStateChange((changed) => {
    const state = states[changed as keyof typeof states] as keyof typeof shown;
    counter('marquee.breaker.changes').add(1, { service: name, state });
    gauge('marquee.breaker.state').record(shown[state], { service: name });
    log[state === 'open' ? 'error' : 'info']({ subgraph: name, state }, 'circuit breaker of subgraph changed');
  });
}
