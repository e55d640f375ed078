import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionNode,
} from 'graphql';
import { operationsOf } from '../document-definitions.js';
import { conditionVariable } from './prune-fields.js';

/**
 * The variables in the conditions of mutations that are selected repeatedly under different conditions:
 * `{ write { id } vote write @skip(if: $a) { title } }`. The planner does not notice that they are one, and runs it twice.
 *
 * @param document that `flattenMutations` returned
 */
export function repeatedMutationVariables(document: DocumentNode): string[] {
  const mutations = operationsOf(document).filter(({ operation }) => operation === OperationTypeNode.MUTATION);
  return mutations.flatMap(variablesIn);
}

function variablesIn({ selectionSet }: OperationDefinitionNode): string[] {
  if (selectionSet.selections.length < 2) return [];
  const byName = new Map<string, DirectiveNode[][]>();
  for (const selection of selectionSet.selections) collect(selection, [], byName);
  const repeated = [...byName.values()].filter((conditions) => new Set(conditions.map(describe)).size > 1);
  return repeated.flat(2).flatMap((condition) => conditionVariable(condition) ?? []);
}

/** Collects the conditions of each mutation by its response name. */
function collect(
  selection: SelectionNode,
  outer: readonly DirectiveNode[],
  byName: Map<string, DirectiveNode[][]>,
): void {
  const conditions = [...outer, ...(selection.directives ?? [])];
  if (selection.kind === Kind.INLINE_FRAGMENT)
    for (const one of selection.selectionSet.selections) collect(one, conditions, byName);
  if (selection.kind === Kind.FIELD && selection.name.value !== '__typename')
    getOrCreate(byName, (selection.alias ?? selection.name).value, (): DirectiveNode[][] => []).push(conditions);
}

function describe(conditions: readonly DirectiveNode[]): string {
  return conditions.map(print).sort().join(' ');
}
