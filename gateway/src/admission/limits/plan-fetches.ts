import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';

/** The largest number of fetches that a plan can make. */
export function countFetches({ node }: QueryPlan): number {
  return countIn(node);
}

function countIn(node: PlanNode | SubscriptionNode | undefined): number {
  switch (node?.kind) {
    case undefined:
      return 0;
    case 'Fetch':
      return 1;
    case 'Flatten':
      return countIn(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.reduce((sum, child) => sum + countIn(child), 0);
    case 'Condition':
      return Math.max(countIn(node.ifClause), countIn(node.elseClause));
    case 'Subscription':
      return 1 + countIn(node.rest);
    case 'Defer':
      return countIn(node.primary.node) + node.deferred.reduce((sum, { node: child }) => sum + countIn(child), 0);
  }
}
