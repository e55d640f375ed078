import type { PlanNode } from '@apollo/query-planner';
import type { PlanNode as HiveNode } from '@graphql-hive/router-query-planner';

/** The number of fetches of a plan of either planner that follow one another at most, under these conditions. */
export function depthOf(node: PlanNode | HiveNode | undefined, conditions: Readonly<Record<string, unknown>>): number {
  if (!node) return 0;
  const below = (one: PlanNode | HiveNode): number => depthOf(one, conditions);
  switch (node.kind) {
    case 'Fetch':
    case 'BatchFetch':
      return 1;
    case 'Flatten':
      return below(node.node);
    case 'Sequence':
      return node.nodes.map(below).reduce((sum, depth) => sum + depth, 0);
    case 'Parallel':
      return Math.max(0, ...node.nodes.map(below));
    case 'Condition':
      return depthOf(conditions[node.condition] === true ? node.ifClause : node.elseClause, conditions);
    case 'Subscription':
    case 'Defer':
      throw new Error(`${node.kind} nodes are not compared.`);
  }
}
