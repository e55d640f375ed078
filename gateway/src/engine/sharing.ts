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
  let flights = new Flights();
  const changed = (): void => void (flights = new Flights());
  return {
    changed,
    fetch(subgraph, request, context) {
      if (request.kind !== 'query') return fetcher.fetch(subgraph, request, context).finally(changed);
      const asked = { subgraph, caller: nameOf(context.caller), body: request.body };
      const known = flights.of(asked);
      if (known && performance.now() - known.began < openFor) return known.board(context);
      const here = flights;
      const flight = new Flight(asked, context, (own) => fetcher.fetch(subgraph, request, own));
      here.add(flight, known);
      return flight.board(context, () => here.remove(flight));
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

/** What two fetches must have in common to be one. */
interface Asked {
  subgraph: string;
  caller: string;
  body: string;
}

/** Those that are in flight. */
class Flights {
  /** By the length of the body: few have the same, and to compare these takes less than to look up so long a text. */
  readonly #all = new Map<number, Flight[]>();

  of({ subgraph, caller, body }: Asked): Flight | undefined {
    return this.#all
      .get(body.length)
      ?.find(({ asked }) => asked.subgraph === subgraph && asked.caller === caller && asked.body === body);
  }

  /** @param inPlaceOf one that asked the same and takes nobody in any more */
  add(flight: Flight, inPlaceOf: Flight | undefined): void {
    if (inPlaceOf) this.remove(inPlaceOf);
    const { length } = flight.asked.body;
    const alike = this.#all.get(length);
    if (alike) alike.push(flight);
    else this.#all.set(length, [flight]);
  }

  remove(flight: Flight): void {
    const { length } = flight.asked.body;
    const alike = this.#all.get(length);
    const index = alike?.indexOf(flight) ?? -1;
    if (!alike || index < 0) return;
    if (alike.length === 1) this.#all.delete(length);
    else alike.splice(index, 1);
  }
}

/** One fetch, and all who wait for it. */
class Flight {
  readonly began = performance.now();
  readonly #leaving = new Leaving();
  readonly #answer: Promise<SubgraphAnswer>;
  #passengers = 0;
  #staying = 0;

  constructor(
    readonly asked: Asked,
    context: OperationContext,
    fetch: (context: OperationContext) => Promise<SubgraphAnswer>,
  ) {
    this.#answer = fetch({ ...context, leaving: this.#leaving });
  }

  /**
   * An answer is written into by the operation that it is for, so where several wait each gets its own.
   * @param over called before anybody is told what came
   */
  board({ leaving }: OperationContext, over: () => void = () => undefined): Promise<SubgraphAnswer> {
    this.#passengers += 1;
    this.#staying += 1;
    const stay = leaving?.whenGone(() => this.#leave());
    const landed = (): void => {
      over();
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
