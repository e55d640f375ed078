import { Leaving } from '@marquee/chassis/telemetry/request';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { OperationContext } from './context.js';
import type { Fetcher, SubgraphAnswer } from './fetcher.js';
import { copied } from './plan/value.js';

/** Sends fetches, and lets identical queries of one caller that are in flight share one. */
export interface SharedFetcher extends Fetcher {
  /** Something has changed that a caller may know of: no later query shares a fetch that began before. */
  changed(): void;
}

/**
 * Milliseconds after its start that a fetch takes others in. Who has seen the answer of a mutation, by way of another
 * replica too, asks later than that, and must not be told what was true before.
 */
const takesInFor = 5;

export function shareFetches(fetcher: Fetcher, openFor = takesInFor): SharedFetcher {
  let flights = new Map<string, Flight>();
  const changed = (): void => void (flights = new Map());
  return {
    changed,
    fetch(subgraph, request, context) {
      if (request.kind !== 'query') return fetcher.fetch(subgraph, request, context).finally(changed);
      const key = `${subgraph} ${nameOf(context.caller)} ${request.body}`;
      const known = flights.get(key);
      if (known && performance.now() - known.began < openFor) return known.board(context);
      const here = flights;
      const flight: Flight = new Flight(context, (own) => fetcher.fetch(subgraph, request, own), over);
      here.set(key, flight);
      return flight.board(context);

      function over(): void {
        if (here.get(key) === flight) here.delete(key);
      }
    },
  };
}

const names = new WeakMap<Caller, string>();

/** The same for the same caller, however often they were told who they are. */
function nameOf(caller: Caller): string {
  const known = names.get(caller) ?? JSON.stringify(caller);
  names.set(caller, known);
  return known;
}

/** One fetch, and all who wait for it. */
class Flight {
  readonly began = performance.now();
  readonly #leaving = new Leaving();
  readonly #answer: Promise<SubgraphAnswer>;
  #passengers = 0;
  #staying = 0;

  /** @param over called before anybody is told what came */
  constructor(
    context: OperationContext,
    fetch: (context: OperationContext) => Promise<SubgraphAnswer>,
    private readonly over: () => void,
  ) {
    this.#answer = fetch({ ...context, leaving: this.#leaving });
  }

  /** An answer is written into by the operation that it is for, so where several wait each gets its own. */
  board({ leaving }: OperationContext): Promise<SubgraphAnswer> {
    this.#passengers += 1;
    this.#staying += 1;
    const stay = leaving?.whenGone(() => this.#leave());
    const landed = (): void => {
      this.over();
      stay?.();
    };
    return this.#answer.then(
      (answer) => {
        landed();
        return this.#passengers > 1 ? copied(answer) : answer;
      },
      (failure: unknown) => {
        landed();
        throw failure;
      },
    );
  }

  /** The fetch ends when nobody waits any more. */
  #leave(): void {
    this.#staying -= 1;
    if (this.#staying === 0) this.#leaving.leave();
  }
}
