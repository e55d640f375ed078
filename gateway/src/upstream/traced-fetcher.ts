import type { Fetcher } from '../engine/fetcher.js';

/** Records the requests of operations that are traced. */
export function tracedFetcher(fetcher: Fetcher): Fetcher {
  return {
    fetch(subgraph, request, context) {
      const response = fetcher.fetch(subgraph, request, context);
      return context.trace ? context.trace.record(subgraph, response) : response;
    },
  };
}
