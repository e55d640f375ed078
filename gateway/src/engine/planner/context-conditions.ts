import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import { type DirectiveNode, type DocumentNode, GraphQLError, Kind, visit } from 'graphql';
import { evaluateConditions, isCondition } from './prune-fields.js';

/** Plans a document. */
type Plan = (document: DocumentNode) => QueryPlan;

/** Maximum of variables in `@skip` and `@include`, each of which doubles the number of plans. */
const maxVariables = 4;

/**
 * Plans a document that may use `@fromContext`.
 *
 * Where a fetch for the value of a context is conditional, the planner makes everything conditional that is fetched
 * after it, the other fields with a context included. So such an operation has one plan for each combination of the
 * variables of its conditions, without conditions in it, and condition nodes that choose between them.
 *
 * @throws GraphQLError for an operation with more than `maxVariables` such variables
 */
export function planContextConditions(document: DocumentNode, plan: Plan): QueryPlan {
  const planned = plan(document);
  const { node } = planned;
  if (!node || node.kind === 'Subscription' || !hasContexts(node)) return planned;
  const variables = conditionVariables(document);
  if (variables.length === 0) return planned;
  if (variables.length > maxVariables)
    throw new GraphQLError(
      `An operation with fields that depend on their context must not use more than ${maxVariables} variables in @skip and @include.`,
      { extensions: { code: 'BAD_USER_INPUT' } },
    );
  const combined = planCombinations(document, variables, plan);
  return { kind: 'QueryPlan', ...(combined && { node: combined }) };
}

function planCombinations(
  document: DocumentNode,
  [variable, ...others]: readonly string[],
  plan: Plan,
): PlanNode | undefined {
  if (variable === undefined) return plan(document).node as PlanNode | undefined;
  const [ifClause, elseClause] = [true, false].map((value) =>
    planCombinations(withCondition(document, variable, value), others, plan),
  );
  if (!ifClause && !elseClause) return undefined;
  return { kind: 'Condition', condition: variable, ...(ifClause && { ifClause }), ...(elseClause && { elseClause }) };
}

function hasContexts(node: PlanNode): boolean {
  switch (node.kind) {
    case 'Fetch':
      return (node.contextRewrites?.length ?? 0) > 0;
    case 'Flatten':
      return hasContexts(node.node);
    case 'Condition':
      return [node.ifClause, node.elseClause].some((clause) => clause !== undefined && hasContexts(clause));
    case 'Sequence':
    case 'Parallel':
      return node.nodes.some(hasContexts);
    case 'Defer':
      return false;
  }
}

function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      const name = conditionVariable(directive);
      if (name !== undefined) names.add(name);
    },
  });
  return [...names];
}

/** The document for one value of a variable. */
function withCondition(document: DocumentNode, variable: string, value: boolean): DocumentNode {
  return evaluateConditions(document, (condition) => (conditionVariable(condition) === variable ? value : undefined));
}

function conditionVariable(directive: DirectiveNode): string | undefined {
  const [condition] = directive.arguments ?? [];
  return isCondition(directive) && condition?.value.kind === Kind.VARIABLE ? condition.value.name.value : undefined;
}
