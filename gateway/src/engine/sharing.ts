import { Leaving } from '@marquee/chassis/telemetry/request';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { OperationContext } from './context.js';
import type { Fetcher, SubgraphAnswer, SubgraphRequest } from './fetcher.js';
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
  const gate = new Gate(openFor);
  const changed = (): void => gate.close();
  return {
    changed,
    fetch(subgraph, request, context) {
      if (request.kind !== 'query') return fetcher.fetch(subgraph, request, context).finally(changed);
      const ticket = { subgraph, request, caller: nameOf(context.caller) };
      const known = gate.find(ticket);
      if (known) return known.board(context);
      const flight = new Flight(ticket, gate, (leaving) => fetcher.fetch(subgraph, request, { ...context, leaving }));
      gate.open(flight);
      return flight.board(context);
    },
  };
}

const names = new WeakMap<Caller, string>();

/** The same for the same caller, however often they were told who they are. */
function nameOf(caller: Caller): string {
  const known = names.get(caller);
  if (known !== undefined) return known;
  const name = JSON.stringify(caller);
  names.set(caller, name);
  return name;
}

/** What a fetch must have in common with another to share its answer. */
interface Ticket {
  subgraph: string;
  request: SubgraphRequest;
  caller: string;
}

/**
 * The fetches that take others in. They are found by their query, which is the same text again and again, and then one
 * by one: of those that began within milliseconds there are few, however many a slow service lets wait.
 */
class Gate {
  #flights = new Map<string, Flight[]>();

  constructor(private readonly openFor: number) {}

  find({ subgraph, request, caller }: Ticket): Flight | undefined {
    const since = this.#since();
    return this.#flights
      .get(request.query)
      ?.find(
        ({ began, ticket }) =>
          began > since &&
          ticket.caller === caller &&
          ticket.subgraph === subgraph &&
          ticket.request.body === request.body,
      );
  }

  open(flight: Flight): void {
    const { query } = flight.ticket.request;
    const flights = this.#flights.get(query) ?? [];
    if (flights.length === 0) this.#flights.set(query, flights);
    const since = this.#since();
    while (flights[0] && flights[0].began <= since) flights.shift();
    flights.push(flight);
  }

  /** Takes one off that is over. */
  remove(flight: Flight): void {
    const { query } = flight.ticket.request;
    const flights = this.#flights.get(query);
    const index = flights?.indexOf(flight) ?? -1;
    if (index >= 0) flights?.splice(index, 1);
    if (flights?.length === 0) this.#flights.delete(query);
  }

  close(): void {
    this.#flights = new Map();
  }

  /** The beginning of those that are open: after this. */
  #since(): number {
    return performance.now() - this.openFor;
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
    readonly ticket: Ticket,
    private readonly gate: Gate,
    fetch: (leaving: Leaving) => Promise<SubgraphAnswer>,
  ) {
    this.#answer = fetch(this.#leaving);
  }

  /** An answer is written into by the operation that it is for, so where several wait each gets its own. */
  async board({ leaving }: OperationContext): Promise<SubgraphAnswer> {
    const leave = (): void => this.#leave();
    this.#passengers += 1;
    this.#staying += 1;
    leaving?.whenGone(leave);
    try {
      const answer = await this.#answer;
      return this.#passengers > 1 ? copied(answer) : answer;
    } finally {
      leaving?.forget(leave);
      this.gate.remove(this);
    }
  }

  /** The fetch ends when nobody waits any more. */
  #leave(): void {
    this.#staying -= 1;
    if (this.#staying === 0) this.#leaving.leave();
  }
}
