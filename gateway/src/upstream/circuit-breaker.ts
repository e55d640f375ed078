import { counter, gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { type FailureReason, UpstreamFailure } from './upstream-failure.js';

export interface CircuitBreakerOptions {
  name: string;
  settings: Pick<GatewaySettings, 'SUBGRAPH_BREAKER_CALLS' | 'SUBGRAPH_BREAKER_SECONDS'>;
  log: Logger;
  /** Milliseconds of a clock that only goes on. */
  now?: () => number;
}

/** Share of the last attempts that fail when the breaker opens, and the fewest attempts that say anything. */
const failureThreshold = 0.5;
const minimumAttempts = 5;

/** What says that the service is ill. A caller that it does not believe is no sign of that. */
const failureReasons: ReadonlySet<FailureReason> = new Set(['timeout', 'connection', 'status', 'invalid_response']);

/** The gauge shows 0 for closed, 1 for half open, 2 for open. */
const gaugeValues = { closed: 0, 'half-open': 1, open: 2 };

type State = keyof typeof gaugeValues;

/** Tells how an attempt ended; with what was thrown, if it failed. */
export type ReportResult = (thrown?: unknown) => void;

/**
 * Keeps a service from being asked while it fails. It opens when more than half of the last attempts have failed. After
 * some seconds one attempt is let through (half open): its success closes the breaker. Every change is logged and
 * counted. What ends while it is not closed says nothing, the trial aside.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  /** Of each of the last attempts, whether it says that the service is ill, and how many do. */
  readonly #outcomes: boolean[] = [];
  #failures = 0;
  #state: State = 'closed';
  #openedAt = 0;

  constructor(private readonly options: CircuitBreakerOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws UpstreamFailure when the service is not asked now */
  check(): void {
    if (this.#state === 'closed') return;
    const { name, settings } = this.options;
    if (this.#state === 'half-open' || this.#now() - this.#openedAt < settings.SUBGRAPH_BREAKER_SECONDS * 1000)
      throw new UpstreamFailure(name, 'circuit_open', 'it has failed too often of late');
  }

  /** Lets an attempt through. @throws UpstreamFailure when the service is not asked now */
  admit(): ReportResult {
    if (this.#state === 'closed') return this.#reportWhileClosed;
    this.check();
    this.#transitionTo('half-open');
    return this.#reportProbe;
  }

  readonly #reportWhileClosed: ReportResult = (thrown) => {
    if (this.#state !== 'closed' || isClientGone(thrown)) return;
    const { SUBGRAPH_BREAKER_CALLS: size } = this.options.settings;
    this.#outcomes.push(isServiceFailure(thrown));
    if (this.#outcomes.at(-1)) this.#failures += 1;
    if (this.#outcomes.length > size && this.#outcomes.shift()) this.#failures -= 1;
    const enough = this.#outcomes.length >= Math.min(size, minimumAttempts);
    if (enough && this.#failures > failureThreshold * this.#outcomes.length) this.#transitionTo('open');
  };

  /** An attempt that nobody waited for to the end says nothing: the next one is the trial then. */
  readonly #reportProbe: ReportResult = (thrown) => {
    this.#transitionTo(isServiceFailure(thrown) || isClientGone(thrown) ? 'open' : 'closed');
    if (isClientGone(thrown)) this.#openedAt = -Infinity;
  };

  #transitionTo(state: State): void {
    const { name, log } = this.options;
    this.#state = state;
    this.#openedAt = this.#now();
    this.#outcomes.length = 0;
    this.#failures = 0;
    counter('marquee.breaker.changes').add(1, { service: name, state });
    gauge('marquee.breaker.state').record(gaugeValues[state], { service: name });
    log[state === 'open' ? 'error' : 'info']({ subgraph: name, state }, 'circuit breaker of subgraph changed');
  }
}

function isServiceFailure(thrown: unknown): boolean {
  return thrown instanceof UpstreamFailure && failureReasons.has(thrown.reason);
}

/** A client that left tells nothing of the service. */
function isClientGone(thrown: unknown): boolean {
  return thrown instanceof UpstreamFailure && thrown.reason === 'client_gone';
}
