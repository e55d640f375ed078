import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  GraphQLError,
  type InlineFragmentNode,
  visit,
} from 'graphql';
import { fragmentsOf } from '../document-definitions.js';
import { flattenMutations } from './flatten-mutations.js';
import { conditionVariable, evaluateConditions } from './prune-fields.js';
import { repeatedMutationVariables } from './repeated-mutations.js';

/** Plans a document. */
type Plan = (document: DocumentNode) => QueryPlan;

/** Maximum of variables that conditions of dependent fields use; each doubles the number of plans. */
const maxVariables = 4;

/**
 * Plans a document whose fields may depend on others, by `@requires` or `@fromContext`.
 *
 * The planner fetches dependent fields of an entity together. If one of them is conditional, it fetches the fields that
 * this one depends on conditionally, and when they are missing the others are not fetched either. So an operation with
 * conditional dependent fields has one plan for each combination of the variables of these conditions, without the
 * conditions, and condition nodes that choose between the plans. Likewise for mutations that are selected repeatedly under
 * different conditions.
 *
 * @param document of a query or mutation
 * @param dependentFields names of the fields with `@requires` or `@fromContext`
 * @throws GraphQLError for an operation with more than `maxVariables` such variables
 */
export function planConditions(document: DocumentNode, dependentFields: ReadonlySet<string>, plan: Plan): QueryPlan {
  const dependent = dependentFields.size === 0 ? [] : findVariables(document, dependentFields);
  const variables = [...new Set([...dependent, ...repeatedMutationVariables(document)])];
  if (variables.length === 0) return plan(document);
  if (variables.length > maxVariables)
    throw new GraphQLError(
      `An operation may use at most ${maxVariables} variables in @skip and @include of fields that depend on others, or of mutations that it selects repeatedly; this one uses ${variables.length}.`,
      { extensions: { code: 'BAD_USER_INPUT' } },
    );
  const node = planCombinations(document, variables, plan);
  return { kind: 'QueryPlan', ...(node && { node }) };
}

function planCombinations(
  document: DocumentNode,
  [variable, ...others]: readonly string[],
  plan: Plan,
): PlanNode | undefined {
  if (variable === undefined) return plan(flattenMutations(document)).node as PlanNode | undefined;
  const [ifClause, elseClause] = [true, false].map((value) =>
    planCombinations(withCondition(document, variable, value), others, plan),
  );
  if (!ifClause && !elseClause) return undefined;
  return { kind: 'Condition', condition: variable, ...(ifClause && { ifClause }), ...(elseClause && { elseClause }) };
}

/** The document for one value of a variable. */
function withCondition(document: DocumentNode, variable: string, value: boolean): DocumentNode {
  return evaluateConditions(document, (condition) => (conditionVariable(condition) === variable ? value : undefined));
}

/** The variables that exclude dependent fields, or selections that contain some. */
function findVariables(document: DocumentNode, dependentFields: ReadonlySet<string>): string[] {
  const names = new Set<string>();
  const enter = (node: FieldNode | InlineFragmentNode | FragmentSpreadNode): void => {
    const variables = (node.directives ?? []).map(conditionVariable).filter((name) => name !== undefined);
    if (variables.length > 0 && selectsField(document, node, dependentFields))
      for (const name of variables) names.add(name);
  };
  visit(document, { Field: { enter }, InlineFragment: { enter }, FragmentSpread: { enter } });
  return [...names];
}

function selectsField(
  document: DocumentNode,
  node: FieldNode | InlineFragmentNode | FragmentSpreadNode,
  fields: ReadonlySet<string>,
): boolean {
  const fragments = new Map(fragmentsOf(document));
  let isSelected = false;
  const search = (one: Parameters<typeof visit>[0]): void => {
    visit(one, {
      Field: ({ name }) => void (isSelected ||= fields.has(name.value)),
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        fragments.delete(name.value);
        if (fragment && !isSelected) search(fragment);
      },
    });
  };
  search(node);
  return isSelected;
}

/** How a field depends on others: by `@requires` or `@fromContext`. */
type Dependency = 'requires' | 'contextArguments';

/** The names of the fields in a supergraph that depend on others in one of these ways. */
export function findDependentFields(
  supergraph: DocumentNode,
  dependencies: readonly Dependency[] = ['requires', 'contextArguments'],
): ReadonlySet<string> {
  const names = new Set<string>();
  visit(supergraph, {
    FieldDefinition({ name, directives = [] }) {
      const given = directives.filter((one) => one.name.value === 'join__field').flatMap((one) => one.arguments ?? []);
      const isDependent = given.some((argument) => dependencies.some((one) => one === argument.name.value));
      if (isDependent) names.add(name.value);
    },
  });
  return names;
}
