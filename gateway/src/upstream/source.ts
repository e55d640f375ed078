import type { GraphQLDataSource } from '@apollo/gateway';
import { guest } from '@marquee/chassis/identity/caller';
import type { OperationContext } from '../engine/context.js';
import type { Answer } from './answer.js';
import { UpstreamFailure } from './failure.js';
import { unavailable } from './unavailable.js';
import type { Upstream, UpstreamOperation } from './upstream.js';

/**
 * Sends the fetches of a plan to one subgraph. A subgraph that fails answers with no data
 * and an error at each field that was asked of it, so that the rest of the operation stands.
 */
export function createSubgraphSource(upstream: Upstream): GraphQLDataSource {
  return {
    async process({ request, context }) {
      const operation = {
        query: request.query ?? '',
        variables: request.variables,
        operationName: request.operationName,
      };
      const { caller = guest } = context as Partial<OperationContext>;
      try {
        return wholeAnswer(upstream.name, await upstream.ask(operation, caller), operation);
      } catch (failure) {
        if (failure instanceof UpstreamFailure) return { data: null, errors: unavailable(upstream.name, operation) };
        throw failure;
      }
    },
  };
}

/** The stock executor fails without a path on entities that were left out. */
function wholeAnswer(service: string, answer: Answer, { variables }: UpstreamOperation): Answer {
  const asked = variables?.['representations'];
  if (!Array.isArray(asked) || !answer.data) return answer;
  const entities = answer.data['_entities'];
  if (Array.isArray(entities) && entities.length === asked.length) return answer;
  throw new UpstreamFailure(service, 'garbage', `${asked.length} entities were asked for and others came`);
}
