import type { Fetcher, SubgraphResponse, SubgraphRequest } from '../engine/fetcher.js';
import { UpstreamFailure } from './upstream-failure.js';
import { unavailableErrors } from './unavailable-errors.js';
import type { Upstreams } from './upstreams.js';

/**
 * Sends the fetches of query plans to the subgraphs. The failure of a subgraph becomes a response without data and with
 * an UPSTREAM_UNAVAILABLE error for each requested field, so that the rest of the operation is unaffected.
 */
export function createSubgraphFetcher(upstreams: Pick<Upstreams, 'get'>): Fetcher {
  return {
    async fetch(subgraph, request, context) {
      const upstream = upstreams.get(subgraph);
      if (!upstream) throw new Error(`Couldn't find service with name "${subgraph}"`);
      try {
        const response = await upstream.execute(request, context);
        checkEntityCount(subgraph, response, request);
        return response;
      } catch (failure) {
        if (failure instanceof UpstreamFailure) return { data: null, errors: unavailableErrors(subgraph, request) };
        throw failure;
      }
    },
  };
}

/** Entities are matched to their representations by position, so their number must be the same. */
function checkEntityCount(service: string, { data }: SubgraphResponse, { entities }: SubgraphRequest): void {
  for (const { name, representations } of data ? entities : []) {
    const received = data?.[name];
    if (!Array.isArray(received) || received.length !== representations.length)
      throw new UpstreamFailure(
        service,
        'invalid_response',
        `expected ${representations.length} entities for "${name}"`,
      );
  }
}
