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
  let flights = new Map<string, Flight>();
  const changed = (): void => void (flights = new Map());
  return {
    changed,
    fetch(subgraph, request, context) {
      if (request.kind !== 'query') return fetcher.fetch(subgraph, request, context).finally(changed);
      const key = `${subgraph} ${JSON.stringify(context.caller)} ${request.body}`;
      const known = flights.get(key);
      if (known && performance.now() - known.began < openFor) return board(known, context);
      const flight: Flight = { began: performance.now(), passengers: [], left: new AbortController(), staying: 0 };
      const here = flights.set(key, flight);
      const answer = board(flight, context);
      const over = () => void (here.get(key) === flight && here.delete(key));
      land(flight, start(fetcher, flight, { subgraph, request, context }).finally(over));
      return answer;
    },
  };
}

/** One fetch, and all who wait for it. */
interface Flight {
  began: number;
  passengers: Passenger[];
  /** Aborts when nobody waits any more. */
  left: AbortController;
  staying: number;
}

interface Passenger {
  resolve(answer: SubgraphAnswer): void;
  reject(failure: unknown): void;
}

function board(flight: Flight, { signal }: OperationContext): Promise<SubgraphAnswer> {
  flight.staying += 1;
  signal?.addEventListener('abort', () => leave(flight), { once: true });
  return new Promise((resolve, reject) => flight.passengers.push({ resolve, reject }));
}

function leave(flight: Flight): void {
  flight.staying -= 1;
  if (flight.staying === 0) flight.left.abort();
}

interface Sent {
  subgraph: string;
  request: SubgraphRequest;
  context: OperationContext;
}

async function start(fetcher: Fetcher, { left }: Flight, { subgraph, request, context }: Sent) {
  return fetcher.fetch(subgraph, request, { ...context, signal: context.signal && left.signal });
}

/** An answer is written into by the operation that it is for, so each gets its own. */
function land({ passengers }: Flight, answering: Promise<SubgraphAnswer>): void {
  answering.then(
    (answer) => {
      const copies = passengers.map((_, index) => (index === 0 ? answer : copied(answer)));
      for (const [index, { resolve }] of passengers.entries()) resolve(copies[index] ?? answer);
    },
    (failure: unknown) => {
      for (const { reject } of passengers) reject(failure);
    },
  );
}
