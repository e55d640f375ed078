import type { FetchNode } from '@apollo/query-planner';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type ASTNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { fragmentsOf } from '../document-definitions.js';

/**
 * Splits a fetch of several mutations into one fetch for each, in their order. Selections of one response name are one
 * mutation. `orderMutations` has split the fragments.
 */
export function splitMutation(node: FetchNode): FetchNode[] {
  const document = parse(node.operation, { noLocation: true });
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  const selections = operation?.selectionSet.selections ?? [];
  const mutations = new Map<string | undefined, SelectionNode[]>();
  for (const selection of selections) getOrCreate(mutations, responseName(selection), () => []).push(selection);
  if (!operation || mutations.size < 2) return [node];
  return [...mutations.values()].map((group) => {
    const selectionSet = { ...operation.selectionSet, selections: group };
    return fetchOf(node, document, { ...operation, selectionSet });
  });
}

function responseName(selection: SelectionNode): string | undefined {
  if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value;
  const [first] = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet.selections : [];
  return first && responseName(first);
}

/** The fetch for a part of the operation, without the fragments and variables that it does not use. */
function fetchOf(node: FetchNode, document: DocumentNode, part: OperationDefinitionNode): FetchNode {
  const { fragments, variables } = findUses(part, document);
  const variableDefinitions = (part.variableDefinitions ?? []).filter(({ variable }) =>
    variables.has(variable.name.value),
  );
  const used = document.definitions.filter(
    (one) => one.kind === Kind.FRAGMENT_DEFINITION && fragments.has(one.name.value),
  );
  const operation = print({ ...document, definitions: [{ ...part, variableDefinitions }, ...used] });
  const variableUsages = (node.variableUsages ?? []).filter((name) => variables.has(name));
  return { ...node, operation: stripIgnoredCharacters(operation), variableUsages };
}

function findUses(part: OperationDefinitionNode, document: DocumentNode) {
  const definitions = fragmentsOf(document);
  const [fragments, variables] = [new Set<string>(), new Set<string>()];
  const search = (node: ASTNode): void => {
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void variables.add(name.value),
      FragmentSpread({ name: { value: name } }) {
        const fragment = definitions.get(name);
        if (!fragment || fragments.has(name)) return;
        fragments.add(name);
        search(fragment);
      },
    });
  };
  search(part);
  return { fragments, variables };
}
