import { counter, gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { type FailureReason, UpstreamFailure } from './upstream-failure.js';

export interface CircuitBreakerOptions {
  name: string;
  settings: Pick<GatewaySettings, 'SUBGRAPH_BREAKER_CALLS' | 'SUBGRAPH_BREAKER_SECONDS'>;
  log: Logger;
  /** Whether the service answers the gateway itself. Without it every failure is blamed on the service. */
  isAlive?: (() => Promise<boolean>) | undefined;
  /** A monotonic clock, in milliseconds. */
  now?: () => number;
}

/** The breaker opens when the share of failures exceeds this threshold, over at least this number of attempts. */
const failureThreshold = 0.5;
const minimumAttempts = 5;

/** Milliseconds between two checks whether the service is alive again while the breaker is open. */
const checkIntervalMs = 500;

/**
 * Reasons that may count against the service. The others concern one caller or one operation: `unauthorized`, `refused`
 * and `too_large`.
 */
const failureReasons: ReadonlySet<FailureReason> = new Set(['timeout', 'connection', 'status', 'invalid_response']);

/** Values of the gauge `marquee.breaker.state`. */
const gaugeValues = { closed: 0, 'half-open': 1, open: 2 };

type State = keyof typeof gaugeValues;

/** The result of an attempt. Operations do not cause lost connections. */
type Outcome = 'ok' | 'failed' | 'connection';

/** Reports the result of an attempt: the error if it failed, otherwise nothing. */
export type ReportResult = (error?: unknown) => void;

/**
 * A circuit breaker: rejects calls to a service that keeps failing. It opens when more than half of the recent attempts
 * have failed. Unless most of them lost their connection, the operations may be the cause: then the gateway asks the
 * service itself first, and the breaker opens only if that fails, too. After SUBGRAPH_BREAKER_SECONDS it admits one probe
 * (half-open); a successful probe closes it, and so does a service that answers the gateway again. Every change of state
 * is logged and counted. Results of other attempts that arrive while it is not closed are ignored.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  readonly #outcomes: Outcome[] = [];
  readonly #counts = { ok: 0, failed: 0, connection: 0 };
  #state: State = 'closed';
  #openedAt = 0;
  #isChecking = false;
  #recheck: NodeJS.Timeout | undefined;

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

  close(): void {
    clearInterval(this.#recheck);
  }

  readonly #reportWhileClosed: ReportResult = (error) => {
    if (this.#state !== 'closed' || isClientGone(error)) return;
    this.#add(error === undefined ? 'ok' : outcomeOf(error));
    const { length } = this.#outcomes;
    const { failed, connection } = this.#counts;
    if (length < Math.min(this.options.settings.SUBGRAPH_BREAKER_CALLS, minimumAttempts)) return;
    const threshold = failureThreshold * length;
    if (connection > threshold) this.#transitionTo('open');
    else if (failed + connection > threshold) this.#suspect();
  };

  #add(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    this.#counts[outcome] += 1;
    if (this.#outcomes.length <= this.options.settings.SUBGRAPH_BREAKER_CALLS) return;
    const oldest = this.#outcomes.shift();
    if (oldest) this.#counts[oldest] -= 1;
  }

  /** Opens unless the service is alive, in which case the failures were those of the operations. */
  #suspect(): void {
    const { isAlive } = this.options;
    if (!isAlive) return this.#transitionTo('open');
    this.#checkWhile('closed', isAlive, (alive) => (alive ? this.#clear() : this.#transitionTo('open')));
  }

  /** Acts on the answer if the state is still the same then. One check is in flight at a time. */
  #checkWhile(state: State, isAlive: () => Promise<boolean>, act: (alive: boolean) => void): void {
    if (this.#isChecking) return;
    this.#isChecking = true;
    void isAlive().then((alive) => {
      this.#isChecking = false;
      if (this.#state === state) act(alive);
    });
  }

  /** A probe whose client disconnected proves nothing: the next attempt becomes the probe immediately. */
  readonly #reportProbe: ReportResult = (error) => {
    if (this.#state !== 'half-open') return;
    this.#transitionTo(outcomeOf(error) !== 'ok' || isClientGone(error) ? 'open' : 'closed');
    if (isClientGone(error)) this.#openedAt = -Infinity;
  };

  #transitionTo(state: State): void {
    const { name, log, isAlive } = this.options;
    this.#state = state;
    this.#openedAt = this.#now();
    this.#clear();
    clearInterval(this.#recheck);
    if (state === 'open' && isAlive) this.#recheck = this.#startRechecks(isAlive);
    counter('marquee.breaker.changes').add(1, { service: name, state });
    gauge('marquee.breaker.state').record(gaugeValues[state], { service: name });
    log[state === 'open' ? 'error' : 'info']({ subgraph: name, state }, 'circuit breaker changed state');
  }

  #startRechecks(isAlive: () => Promise<boolean>): NodeJS.Timeout {
    const recheck = () => this.#checkWhile('open', isAlive, (alive) => alive && this.#transitionTo('closed'));
    return setInterval(recheck, checkIntervalMs).unref();
  }

  #clear(): void {
    this.#outcomes.length = 0;
    Object.assign(this.#counts, { ok: 0, failed: 0, connection: 0 });
  }
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof UpstreamFailure) || !failureReasons.has(error.reason)) return 'ok';
  return error.reason === 'connection' ? 'connection' : 'failed';
}

function isClientGone(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.reason === 'client_gone';
}
