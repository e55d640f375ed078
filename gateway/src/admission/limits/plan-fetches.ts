import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';

/** The fetches that a plan takes at most. */
export function countFetches({ node }: QueryPlan): number {
  return node ? ofNode(node) : 0;
}

function ofNode(node: PlanNode | SubscriptionNode): number {
  switch (node.kind) {
    case 'Fetch':
      return 1;
    case 'Flatten':
      return ofNode(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.reduce((sum, one) => sum + ofNode(one), 0);
    case 'Condition':
      return Math.max(maybe(node.ifClause), maybe(node.elseClause));
    case 'Subscription':
      return 1 + maybe(node.rest);
    case 'Defer':
      return maybe(node.primary.node) + node.deferred.reduce((sum, { node: one }) => sum + maybe(one), 0);
  }
}

function maybe(node: PlanNode | undefined): number {
  return node ? ofNode(node) : 0;
}
