import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { DocumentNode } from 'graphql';
import type { FetchRequest, SubgraphResponse } from './drawn-subgraph.js';
import { createValues } from './drawn-values.js';
import { createFailures, type FailureLevel } from './injected-failures.js';
import type { Testbed } from './testbed.js';

/** One operation with everything that determines its result. */
export interface Trial {
  document: DocumentNode;
  variables: Record<string, unknown>;
  /** The seed of the values and failures in responses. */
  world: number;
  failures: FailureLevel;
}

/** The subgraphs of one trial. */
export interface Subgraphs {
  /** @throws Error for a lost connection */
  request(subgraph: string, request: FetchRequest): SubgraphResponse;
}

/** Creates the subgraphs of a trial. The response to a request is drawn once, and each executor gets its own copy. */
export function subgraphsOf(testbed: Testbed, trial: Trial): Subgraphs {
  const values = createValues(trial.world, testbed.isKey, testbed.numbers);
  const failures = createFailures(trial.world, trial.failures, testbed.isFailable);
  const drawn = new Map<string, () => SubgraphResponse>();
  return {
    request(name, request) {
      const key = JSON.stringify([name, request.query, request.variables, request.onError]);
      const draw = (): SubgraphResponse => testbed.subgraphs.get(name)?.respond(request, values, failures) ?? {};
      return getOrCreate(drawn, key, () => copyResponses(draw))();
    },
  };
}

function copyResponses(draw: () => SubgraphResponse): () => SubgraphResponse {
  try {
    const text = JSON.stringify(draw());
    return () => JSON.parse(text) as SubgraphResponse;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
