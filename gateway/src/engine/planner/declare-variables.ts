import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { fetchesIn } from './plan-nodes.js';

/**
 * Declares the variables that a fetch of the plan uses and the planner has left out, so that they are sent with it. The
 * planner misses those of a directive in a named fragment whose type conditions it keeps although they do not apply.
 *
 * @param plan is changed
 * @param operation the operation that it plans
 */
export function declareVariables({ node }: QueryPlan, operation: OperationDefinitionNode | undefined): void {
  const definitions = operation?.variableDefinitions ?? [];
  if (definitions.length === 0 || !node) return;
  const fetches = node.kind === 'Subscription' ? [node.primary, ...fetchesIn(node.rest)] : fetchesIn(node);
  for (const fetch of fetches) declareIn(fetch, definitions);
}

function declareIn(fetch: FetchNode, definitions: readonly VariableDefinitionNode[]): void {
  const document = parse(fetch.operation, { noLocation: true });
  const used = usedIn(document);
  const missing = definitions.filter(
    ({ variable: { name } }) => used.has(name.value) && !isDeclared(document, name.value),
  );
  if (missing.length === 0) return;
  const declared = visit(document, {
    OperationDefinition: (one) => ({
      ...one,
      variableDefinitions: [...(one.variableDefinitions ?? []), ...missing],
    }),
  });
  const names = missing.map(({ variable }) => variable.name.value);
  fetch.operation = stripIgnoredCharacters(print(declared));
  fetch.variableUsages = [...(fetch.variableUsages ?? []), ...names];
}

function usedIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
}

function isDeclared({ definitions }: DocumentNode, name: string): boolean {
  return definitions.some(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION &&
      one.variableDefinitions?.some(({ variable }) => variable.name.value === name),
  );
}
