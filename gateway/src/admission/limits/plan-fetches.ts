import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { requestsPerFetch } from '../../engine/node-interface.js';

/** The largest number of requests to services that the fetches of a plan can make. */
export function countFetches({ node }: QueryPlan, supergraph: GraphQLSchema): number {
  return countIn(node, requestsPerFetch(supergraph));
}

function countIn(node: PlanNode | SubscriptionNode | undefined, requests: ReadonlyMap<string, number>): number {
  const count = (child: PlanNode | undefined): number => countIn(child, requests);
  switch (node?.kind) {
    case undefined:
      return 0;
    case 'Fetch':
      return requests.get(node.serviceName) ?? 1;
    case 'Flatten':
      return count(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.reduce((sum, child) => sum + count(child), 0);
    case 'Condition':
      return Math.max(count(node.ifClause), count(node.elseClause));
    case 'Subscription':
      return 1 + count(node.rest);
    case 'Defer':
      return count(node.primary.node) + node.deferred.reduce((sum, { node: child }) => sum + count(child), 0);
  }
}
