import type { Fetcher, SubgraphResponse, SubgraphRequest } from '../engine/fetcher.js';
import { changeUnconfirmed, responseTooLarge } from '@marquee/chassis/errors/errors';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { type FailureReason, UpstreamFailure } from './upstream-failure.js';
import { errorsOfFields, unavailableErrors } from './unavailable-errors.js';
import type { Upstreams } from './upstreams.js';

/**
 * Sends the fetches of query plans to the subgraphs. The failure of a subgraph becomes a response without data and with
 * an error for each requested field, so that the rest of the operation is unaffected: UPSTREAM_UNAVAILABLE, or
 * BAD_USER_INPUT for a response that is too large.
 */
export function createSubgraphFetcher(upstreams: Pick<Upstreams, 'get'>, maxResponseBytes: number): Fetcher {
  const tooLarge = responseTooLarge(maxResponseBytes);
  return {
    async fetch(subgraph, request, context) {
      const upstream = upstreams.get(subgraph);
      if (!upstream) throw new Error(`Couldn't find service with name "${subgraph}"`);
      try {
        const response = await upstream.execute(request, context);
        checkEntityCount(subgraph, response, request);
        return response;
      } catch (failure) {
        if (!(failure instanceof UpstreamFailure)) throw failure;
        return { data: null, errors: errorsOf(failure, request, tooLarge) };
      }
    },
  };
}

function errorsOf(failure: UpstreamFailure, request: SubgraphRequest, tooLarge: GraphQLError): GraphQLFormattedError[] {
  const { service, reason } = failure;
  if (reason === 'too_large') return errorsOfFields(tooLarge, request);
  const mayBeStored = request.kind === 'mutation' && unconfirmedReasons.has(reason);
  return mayBeStored ? errorsOfFields(changeUnconfirmed(service), request) : unavailableErrors(service, request);
}

/** Reasons after which a mutation may have been executed. */
const unconfirmedReasons: ReadonlySet<FailureReason> = new Set(['timeout', 'connection', 'status', 'invalid_response']);

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
