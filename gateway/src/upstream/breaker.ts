import { counter, gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { type FailureReason, UpstreamFailure } from './failure.js';

export interface BreakerOptions {
  name: string;
  settings: Pick<GatewaySettings, 'SUBGRAPH_BREAKER_CALLS' | 'SUBGRAPH_BREAKER_SECONDS'>;
  log: Logger;
  /** Milliseconds of a clock that only goes on. */
  now?: () => number;
}

/** Share of the last attempts that fail when the breaker opens, and the fewest attempts that say anything. */
const threshold = 0.5;
const fewest = 5;

/** What says that the service is ill. A caller that it does not believe is no sign of that. */
const illness: ReadonlySet<FailureReason> = new Set(['timeout', 'connection', 'status', 'garbage']);

/** The gauge shows 0 for closed, 1 for half open, 2 for open. */
const shown = { closed: 0, 'half-open': 1, open: 2 };

type State = keyof typeof shown;

/** Tells how an attempt ended; with what was thrown, if it failed. */
export type Tell = (thrown?: unknown) => void;

/**
 * Keeps a service from being asked while it fails. It opens when more than half of the last attempts have failed. After
 * some seconds one attempt is let through (half open): its success closes the breaker. Every change is logged and
 * counted. What ends while it is not closed says nothing, the trial aside.
 */
export class Breaker {
  readonly #now: () => number;
  /** Of each of the last attempts, whether it says that the service is ill, and how many do. */
  readonly #last: boolean[] = [];
  #ill = 0;
  #state: State = 'closed';
  #openedAt = 0;

  constructor(private readonly options: BreakerOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws UpstreamFailure when the service is not asked now */
  check(): void {
    if (this.#state === 'closed') return;
    const { name, settings } = this.options;
    if (this.#state === 'half-open' || this.#now() - this.#openedAt < settings.SUBGRAPH_BREAKER_SECONDS * 1000)
      throw new UpstreamFailure(name, 'open', 'it has failed too often of late');
  }

  /** Lets an attempt through. @throws UpstreamFailure when the service is not asked now */
  admit(): Tell {
    if (this.#state === 'closed') return this.#tellUsual;
    this.check();
    this.#become('half-open');
    return this.#tellTrial;
  }

  readonly #tellUsual: Tell = (thrown) => {
    if (this.#state !== 'closed' || isNothing(thrown)) return;
    const { SUBGRAPH_BREAKER_CALLS: size } = this.options.settings;
    this.#last.push(isIllness(thrown));
    if (this.#last.at(-1)) this.#ill += 1;
    if (this.#last.length > size && this.#last.shift()) this.#ill -= 1;
    const enough = this.#last.length >= Math.min(size, fewest);
    if (enough && this.#ill > threshold * this.#last.length) this.#become('open');
  };

  /** An attempt that nobody waited for to the end says nothing: the next one is the trial then. */
  readonly #tellTrial: Tell = (thrown) => {
    this.#become(isIllness(thrown) || isNothing(thrown) ? 'open' : 'closed');
    if (isNothing(thrown)) this.#openedAt = -Infinity;
  };

  #become(state: State): void {
    const { name, log } = this.options;
    this.#state = state;
    this.#openedAt = this.#now();
    this.#last.length = 0;
    this.#ill = 0;
    counter('marquee.breaker.changes').add(1, { service: name, state });
    gauge('marquee.breaker.state').record(shown[state], { service: name });
    log[state === 'open' ? 'error' : 'info']({ subgraph: name, state }, 'circuit breaker of subgraph changed');
  }
}

function isIllness(thrown: unknown): boolean {
  return thrown instanceof UpstreamFailure && illness.has(thrown.reason);
}

/** A client that left tells nothing of the service. */
function isNothing(thrown: unknown): boolean {
  return thrown instanceof UpstreamFailure && thrown.reason === 'left';
}
