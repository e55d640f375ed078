import type { FetchNode, PlanNode } from '@apollo/query-planner';

/** All fetches of a plan. */
export function fetchesIn(node: PlanNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case undefined:
      return [];
    case 'Fetch':
      return [node];
    case 'Flatten':
      return fetchesIn(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesIn);
    case 'Condition':
      return [...fetchesIn(node.ifClause), ...fetchesIn(node.elseClause)];
    case 'Defer':
      return [...fetchesIn(node.primary.node), ...node.deferred.flatMap((one) => fetchesIn(one.node))];
  }
}
