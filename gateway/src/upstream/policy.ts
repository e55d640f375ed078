import { counter } from '@marquee/chassis/telemetry/instruments';
import type { Leaving } from '@marquee/chassis/telemetry/request';
import type { GatewaySettings } from '../config.js';
import { Breaker, type BreakerOptions } from './breaker.js';
import { Deadline } from './deadline.js';
import { countFailure, endingFailure, UpstreamFailure } from './failure.js';
import { createPlaces } from './places.js';

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

/** How one service is asked, so that one that is ill costs nobody else more than its own fields. */
export interface Policy {
  /** @throws UpstreamFailure */
  run<Result>(attempt: (deadline: Deadline) => Promise<Result>, asking: Asking): Promise<Result>;
  /** Waits until nothing runs any more. */
  idle(): Promise<void>;
}

/** Milliseconds before the second attempt, at most before the last; each with jitter. */
const firstPause = 30;
const longestPause = 500;

/**
 * From the outside in: a deadline for everything, a bounded number of requests at a time and of those that wait, more
 * attempts at what may be repeated and failed in passing, and the circuit breaker, which sees every attempt. It stands
 * around every fetch, so on the way of one that goes well there is little more than counting.
 */
export function createPolicy(options: PolicyOptions): Policy {
  const { name, settings } = options;
  const breaker = new Breaker(options);
  const places = createPlaces({ name, size: settings.SUBGRAPH_CONCURRENCY, queue: settings.SUBGRAPH_QUEUE });
  let running = 0;
  let stopped: () => void = () => undefined;
  return {
    idle: () => new Promise((resolve) => (running === 0 ? resolve() : (stopped = resolve))),
    async run(attempt, { repeatable, leaving }) {
      const deadline = new Deadline(settings.SUBGRAPH_TIMEOUT_SECONDS * 1000, leaving);
      running += 1;
      try {
        await entered(deadline);
        return await attempts(attempt, deadline, repeatable ? settings.SUBGRAPH_RETRIES : 0);
      } finally {
        deadline.close();
        running -= 1;
        if (running === 0) stopped();
      }
    },
  };

  async function entered(deadline: Deadline): Promise<void> {
    try {
      await places.enter(deadline);
    } catch (failure) {
      countFailure(failure as UpstreamFailure);
      throw failure;
    }
  }

  async function attempts<Result>(
    attempt: (deadline: Deadline) => Promise<Result>,
    deadline: Deadline,
    repeats: number,
  ): Promise<Result> {
    try {
      for (let repeated = 0; ; repeated += 1) {
        try {
          return await once(attempt, deadline);
        } catch (failure) {
          if (repeated >= repeats || !isPassing(failure) || deadline.left() <= longestPause) throw failure;
        }
        counter('marquee.upstream.retries').add(1, { service: name });
        await pause(name, Math.random() * Math.min(longestPause, firstPause * 2 ** repeated), deadline);
      }
    } finally {
      places.leave();
    }
  }

  async function once<Result>(attempt: (deadline: Deadline) => Promise<Result>, deadline: Deadline): Promise<Result> {
    const tell = admitted();
    try {
      const result = await attempt(deadline);
      tell();
      return result;
    } catch (thrown) {
      tell(thrown);
      throw thrown;
    }
  }

  /** Attempts count and log their own failures; this one was none. */
  function admitted() {
    try {
      return breaker.admit();
    } catch (failure) {
      countFailure(failure as UpstreamFailure);
      throw failure;
    }
  }
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

function isPassing(failure: unknown): boolean {
  return failure instanceof UpstreamFailure && failure.passing;
}
