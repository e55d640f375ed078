import type { DocumentNode } from 'graphql';
import type { Arena } from './arena.js';
import { createFaults, type FaultLevel } from './faults.js';
import type { FetchRequest, SubgraphResponse } from './subgraph.js';
import { createValues } from './values.js';

/** One operation with everything that its result depends on. */
export interface Trial {
  document: DocumentNode;
  variables: Record<string, unknown>;
  /** Of which numbers and words the answers are drawn. */
  world: number;
  faults: FaultLevel;
}

/** Asks the subgraphs of one trial. */
export interface Subgraphs {
  /** @throws Error when the subgraph cannot be reached */
  ask(subgraph: string, request: FetchRequest): SubgraphResponse;
}

/** Makes the subgraphs of a trial; what two executors ask alike is drawn once, and given to each as its own copy. */
export function subgraphsOf(arena: Arena, trial: Trial): Subgraphs {
  const values = createValues(trial.world, arena.isKey);
  const faults = createFaults(trial.world, trial.faults);
  const drawn = new Map<string, () => SubgraphResponse>();
  return {
    ask(name, request) {
      const key = JSON.stringify([name, request.query, request.variables]);
      const known = drawn.get(key) ?? copies(() => arena.subgraphs.get(name)?.answer(request, values, faults) ?? {});
      drawn.set(key, known);
      return known();
    },
  };
}

function copies(draw: () => SubgraphResponse): () => SubgraphResponse {
  try {
    const text = JSON.stringify(draw());
    return () => JSON.parse(text) as SubgraphResponse;
  } catch (failure) {
    return () => {
      throw failure;
    };
  }
}
