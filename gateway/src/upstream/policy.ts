import { counter } from '@marquee/chassis/telemetry/instruments';
import type { Leaving } from '@marquee/chassis/telemetry/request';
import type { GatewaySettings } from '../config.js';
import { Breaker, type BreakerOptions } from './breaker.js';
import { Deadline } from './deadline.js';
import { countFailure, endingFailure, type FailureReason, UpstreamFailure } from './failure.js';
import { Places } from './places.js';

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
  /** Who waits for the answer. */
  leaving?: Leaving | undefined;
}

/** Milliseconds before the second attempt, at most before the last; each with jitter. */
const firstPause = 30;
const longestPause = 500;

/** How often the time that a service has goes into the time after which one that answers nobody counts as silent. */
const patienceOfTimeout = 5;

/**
 * How one service is asked, so that one that is ill costs nobody else more than its own fields. From the outside in: a
 * deadline for everything, a bounded number of requests at a time and of those that wait, more attempts at what may be
 * repeated and failed in passing, and the circuit breaker, which sees every attempt. It stands around every fetch, so on
 * the way of one that goes well there is little more than counting.
 */
export class Policy {
  readonly #breaker: Breaker;
  readonly #places: Places;
  #running = 0;
  #stopped: () => void = () => undefined;

  constructor(private readonly options: PolicyOptions) {
    const { name, settings } = options;
    this.#breaker = new Breaker(options);
    this.#places = new Places({
      name,
      size: settings.SUBGRAPH_CONCURRENCY,
      queue: settings.SUBGRAPH_QUEUE,
      patience: (settings.SUBGRAPH_TIMEOUT_SECONDS * 1000) / patienceOfTimeout,
    });
  }

  /** @throws UpstreamFailure */
  async run<Result>(attempt: Attempt<Result>, { repeatable, leaving }: Asking): Promise<Result> {
    const { SUBGRAPH_TIMEOUT_SECONDS: seconds, SUBGRAPH_RETRIES: retries } = this.options.settings;
    const deadline = new Deadline(seconds * 1000, leaving);
    let place: 'none' | 'silent' | 'answered' = 'none';
    this.#running += 1;
    try {
      const turn = counted(() => this.#enter(deadline));
      if (turn) await turn.catch(countTurnedAway);
      place = 'answered';
      return await this.#attempts(attempt, deadline, repeatable ? retries : 0);
    } catch (failure) {
      if (place === 'answered' && isSilence(failure)) place = 'silent';
      throw failure;
    } finally {
      if (place !== 'none') this.#places.leave(place === 'answered');
      deadline.close();
      this.#running -= 1;
      if (this.#running === 0) this.#stopped();
    }
  }

  /** Waits until nothing runs any more. */
  idle(): Promise<void> {
    return new Promise((resolve) => (this.#running === 0 ? resolve() : (this.#stopped = resolve)));
  }

  /** Nobody waits for a place to be told then that the service is not asked. */
  #enter(deadline: Deadline): Promise<void> | undefined {
    this.#breaker.check();
    return this.#places.enter(deadline);
  }

  async #attempts<Result>(attempt: Attempt<Result>, deadline: Deadline, repeats: number): Promise<Result> {
    for (let done = 0; ; done += 1) {
      const tell = counted(() => this.#breaker.admit());
      try {
        const result = await attempt(deadline);
        tell();
        return result;
      } catch (failure) {
        tell(failure);
        if (done >= repeats || !isPassing(failure) || deadline.left() <= longestPause) throw failure;
      }
      await this.#pause(done, deadline);
    }
  }

  #pause(done: number, deadline: Deadline): Promise<void> {
    const { name } = this.options;
    counter('marquee.upstream.retries').add(1, { service: name });
    return pause(name, Math.random() * Math.min(longestPause, firstPause * 2 ** done), deadline);
  }
}

type Attempt<Result> = (deadline: Deadline) => Promise<Result>;

function counted<Entered>(enter: () => Entered): Entered {
  try {
    return enter();
  } catch (failure) {
    return countTurnedAway(failure);
  }
}

/** Attempts count and log their own failures; who is turned away before made none. */
function countTurnedAway(failure: unknown): never {
  countFailure(failure as UpstreamFailure);
  throw failure;
}

function pause(name: string, milliseconds: number, deadline: Deadline): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    deadline.listen((ending) => {
      clearTimeout(timer);
      reject(endingFailure(name, ending));
    });
  });
}

/** Whether the service has said nothing. */
function isSilence(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && silence.has(failure.reason);
}

const silence: ReadonlySet<FailureReason> = new Set(['timeout', 'left', 'open']);

function isPassing(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && failure.passing;
}
