import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { fragmentsOf, operationNamed } from '../document-definitions.js';
import { mapChildren } from './plan-nodes.js';

/**
 * Puts the mutations of each fetch into the order of the document, in which the specification demands their execution.
 * The planner moves mutations whose results need no further fetch to the front.
 */
export function orderMutations(plan: QueryPlan, document: DocumentNode, operationName: string | undefined): QueryPlan {
  const operation = operationNamed(document, operationName);
  const { node } = plan;
  if (operation?.operation !== OperationTypeNode.MUTATION || !node || node.kind === 'Subscription') return plan;
  const order = rootNames(operation.selectionSet, new Map(fragmentsOf(document)));
  return order.length < 2 ? plan : { ...plan, node: orderNode(node, order) };
}

function orderNode(node: PlanNode, order: readonly string[]): PlanNode {
  if (node.kind !== 'Fetch') return mapChildren(node, (child) => orderNode(child, order));
  return node.operationKind === OperationTypeNode.MUTATION ? orderFetch(node, order) : node;
}

function orderFetch(node: FetchNode, order: readonly string[]): FetchNode {
  const document = parse(node.operation, { noLocation: true });
  const ordered = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const { selectionSet } = definition;
    const single = selectionSet.selections.flatMap(splitFragment);
    const selections = single.toSorted((one, other) => positionOf(one, order) - positionOf(other, order));
    return { ...definition, selectionSet: { ...selectionSet, selections } };
  });
  return { ...node, operation: stripIgnoredCharacters(print({ ...document, definitions: ordered })) };
}

/** One copy of an inline fragment for each of its fields, so that other fields can be placed between them. */
function splitFragment(selection: SelectionNode): SelectionNode[] {
  if (selection.kind !== Kind.INLINE_FRAGMENT) return [selection];
  const { selectionSet } = selection;
  return selectionSet.selections
    .flatMap(splitFragment)
    .map((one) => ({ ...selection, selectionSet: { ...selectionSet, selections: [one] } }));
}

function positionOf(selection: SelectionNode, order: readonly string[]): number {
  if (selection.kind === Kind.FIELD) return order.indexOf((selection.alias ?? selection.name).value);
  const [only] = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet.selections : [];
  return only ? positionOf(only, order) : 0;
}

/**
 * The response names of the root fields, in the order of their first selection.
 * @param fragments those that were not searched yet, for each is searched once
 */
function rootNames({ selections }: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): string[] {
  const names = selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [(selection.alias ?? selection.name).value];
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (selection.kind === Kind.FRAGMENT_SPREAD) fragments.delete(selection.name.value);
    return fragment ? rootNames(fragment.selectionSet, fragments) : [];
  });
  return [...new Set(names)];
}
