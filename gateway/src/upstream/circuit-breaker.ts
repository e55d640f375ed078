import { counter, gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { type FailureReason, UpstreamFailure } from './upstream-failure.js';

export interface CircuitBreakerOptions {
  name: string;
  settings: Pick<GatewaySettings, 'SUBGRAPH_BREAKER_CALLS' | 'SUBGRAPH_BREAKER_SECONDS'>;
  log: Logger;
  /** A monotonic clock, in milliseconds. */
  now?: () => number;
}

/** The breaker opens when the share of failures exceeds this threshold, over at least this number of attempts. */
const failureThreshold = 0.5;
const minimumAttempts = 5;

/** Reasons that count against the service. `unauthorized` does not: it concerns one caller. */
const failureReasons: ReadonlySet<FailureReason> = new Set(['timeout', 'connection', 'status', 'invalid_response']);

/** Values of the gauge `marquee.breaker.state`. */
const gaugeValues = { closed: 0, 'half-open': 1, open: 2 };

type State = keyof typeof gaugeValues;

/** Reports the result of an attempt: the error if it failed, otherwise nothing. */
export type ReportResult = (error?: unknown) => void;

/**
 * A circuit breaker: rejects calls to a service that keeps failing. It opens when more than half of the recent attempts
 * have failed. After SUBGRAPH_BREAKER_SECONDS it admits one probe (half-open); a successful probe closes it. Every
 * change of state is logged and counted. Results of other attempts that arrive while it is not closed are ignored.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  /** For each of the recent attempts, whether the service failed. */
  readonly #outcomes: boolean[] = [];
  /** The number of failures in `#outcomes`. */
  #failures = 0;
  #state: State = 'closed';
  #openedAt = 0;

  constructor(private readonly options: CircuitBreakerOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** Starts nothing. @throws UpstreamFailure (`circuit_open`) if `admit` would reject a call now */
  check(): void {
    if (this.#state === 'closed') return;
    const { name, settings } = this.options;
    if (this.#state === 'half-open' || this.#now() - this.#openedAt < settings.SUBGRAPH_BREAKER_SECONDS * 1000)
      throw new UpstreamFailure(name, 'circuit_open', 'the circuit breaker is open');
  }

  /** Admits an attempt; its result must be reported. @throws UpstreamFailure (`circuit_open`) if it is rejected */
  admit(): ReportResult {
    if (this.#state === 'closed') return this.#reportWhileClosed;
    this.check();
    this.#transitionTo('half-open');
    return this.#reportProbe;
  }

  readonly #reportWhileClosed: ReportResult = (error) => {
    if (this.#state !== 'closed' || isClientGone(error)) return;
    const { SUBGRAPH_BREAKER_CALLS: size } = this.options.settings;
    this.#outcomes.push(isServiceFailure(error));
    if (this.#outcomes.at(-1)) this.#failures += 1;
    if (this.#outcomes.length > size && this.#outcomes.shift()) this.#failures -= 1;
    const isEnough = this.#outcomes.length >= Math.min(size, minimumAttempts);
    if (isEnough && this.#failures > failureThreshold * this.#outcomes.length) this.#transitionTo('open');
  };

  /** A probe whose client disconnected proves nothing: the next attempt becomes the probe immediately. */
  readonly #reportProbe: ReportResult = (error) => {
    this.#transitionTo(isServiceFailure(error) || isClientGone(error) ? 'open' : 'closed');
    if (isClientGone(error)) this.#openedAt = -Infinity;
  };

  #transitionTo(state: State): void {
    const { name, log } = this.options;
    this.#state = state;
    this.#openedAt = this.#now();
    this.#outcomes.length = 0;
    this.#failures = 0;
    counter('marquee.breaker.changes').add(1, { service: name, state });
    gauge('marquee.breaker.state').record(gaugeValues[state], { service: name });
    log[state === 'open' ? 'error' : 'info']({ subgraph: name, state }, 'circuit breaker changed state');
  }
}

function isServiceFailure(error: unknown): boolean {
  return error instanceof UpstreamFailure && failureReasons.has(error.reason);
}

function isClientGone(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.reason === 'client_gone';
}
