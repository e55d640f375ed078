import type { FetchNode } from '@apollo/query-planner';
import {
  type ASTNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { fragmentsOf } from '../document-definitions.js';

/** Splits a fetch of several mutations into one fetch for each, in their order. */
export function splitMutation(node: FetchNode): FetchNode[] {
  const document = parse(node.operation, { noLocation: true });
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  const selections = operation?.selectionSet.selections ?? [];
  if (!operation || selections.length < 2) return [node];
  return selections.map((selection) => {
    const selectionSet = { ...operation.selectionSet, selections: [selection] };
    return fetchOf(node, document, { ...operation, selectionSet });
  });
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
