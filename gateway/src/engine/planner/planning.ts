import type { QueryPlan } from '@apollo/query-planner';
import { print } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Planning } from '../planning.js';
import type { Subgraph } from './messages.js';
import { Planner } from './planner.js';
import { schemaOf } from './schema.js';

/** Plans operations over the supergraph that is loaded, in a thread. */
export interface LoadedPlanning extends Planning {
  /** The text of the supergraph. */
  sdl: string;
  subgraphs: readonly Subgraph[];
  /** Another supergraph is loaded: plans are still made, for requests in flight, but nothing is held for them. */
  release(): void;
}

/** Most plans that are kept. */
const keptPlans = 1_000;

/**
 * What federation's own library does with a supergraph takes hundreds of milliseconds, so a thread does it. Here only
 * the two schemas are built, from texts that are known to be right, in slices.
 *
 * @throws with the reason when the text is not a supergraph
 */
export async function openPlanning(sdl: string): Promise<LoadedPlanning> {
  const planner = await Planner.open(sdl);
  return {
    sdl,
    subgraphs: planner.described.subgraphs,
    schema: await schemaOf(planner.described.api),
    supergraphSchema: await schemaOf(planner.described.supergraph),
    added: planner.described.added,
    faults: (document) => planner.faults(document.loc?.source.body ?? print(document)),
    plan: keepPlans(planner),
    release: () => planner.release(),
  };
}

function keepPlans(planner: Planner): Planning['plan'] {
  const kept = new LRUCache<string, Promise<QueryPlan>>({ max: keptPlans });
  return (document, operationName) => {
    const text = print(document);
    const key = `${operationName ?? ''} ${text}`;
    const known = kept.get(key);
    if (known) return known;
    const fresh = planner.plan(text, operationName);
    kept.set(key, fresh);
    // What failed may succeed at another time.
    fresh.catch(() => kept.delete(key));
    return fresh;
  };
}
