import type { Fetcher, SubgraphAnswer, SubgraphRequest } from '../engine/fetcher.js';
import { UpstreamFailure } from './upstream-failure.js';
import { unavailableErrors } from './unavailable-errors.js';
import type { Upstreams } from './upstreams.js';

/**
 * Sends the fetches of plans to the subgraphs. A subgraph that fails answers with no data
 * and an error at each field that was asked of it, so that the rest of the operation stands.
 */
export function createSubgraphFetcher(upstreams: Pick<Upstreams, 'get'>): Fetcher {
  return {
    async fetch(subgraph, request, context) {
      const upstream = upstreams.get(subgraph);
      if (!upstream) throw new Error(`Couldn't find service with name "${subgraph}"`);
      try {
        return checkEntityCount(subgraph, await upstream.execute(request, context), request);
      } catch (failure) {
        if (failure instanceof UpstreamFailure) return { data: null, errors: unavailableErrors(subgraph, request) };
        throw failure;
      }
    },
  };
}

/** Without as many entities as were asked for, nobody can tell which is which. */
function checkEntityCount(service: string, answer: SubgraphAnswer, { entities }: SubgraphRequest): SubgraphAnswer {
  for (const { name, representations } of answer.data ? entities : []) {
    const came = answer.data?.[name];
    if (!Array.isArray(came) || came.length !== representations.length)
      throw new UpstreamFailure(
        service,
        'invalid_response',
        `${representations.length} entities were asked for and others came`,
      );
  }
  return answer;
}
