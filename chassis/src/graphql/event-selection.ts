import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type VariableNode,
  visit,
} from 'graphql';
import { getOrCreate, memoizeWeak } from '../caching/memoize.js';

/**
 * Identifies the selection of a subscription within its events, with the values of the variables that it uses there.
 * The arguments of its field do not count: they decide which events a stream has, and its resolver returns the event as
 * it is.
 */
export function selectionKey(
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): string {
  const { text, used } = getOrCreate(selectionsOf(document), operationName, () => selectionOf(document, operationName));
  return `${text} ${JSON.stringify(Object.fromEntries(used.map((name) => [name, variables[name]])))}`;
}

interface EventSelection {
  text: string;
  /** The names of the variables that it uses. */
  used: readonly string[];
}

const selectionsOf = memoizeWeak((_: DocumentNode) => new Map<string | undefined, EventSelection>());

function selectionOf(document: DocumentNode, operationName: string | undefined): EventSelection {
  const operation = getOperationAST(document, operationName);
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const definitions = [...(operation ? [withoutArguments(operation)] : []), ...fragments];
  const used = new Set<string>();
  const collect = { VariableDefinition: () => false, Variable: ({ name }: VariableNode) => void used.add(name.value) };
  for (const definition of definitions) visit(definition, collect);
  // The default value of a variable counts, too.
  const defaults = operation?.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value)) ?? [];
  return { text: [...defaults, ...definitions].map(print).join(' '), used: [...used] };
}

function withoutArguments(operation: OperationDefinitionNode): OperationDefinitionNode {
  const selections = operation.selectionSet.selections.map((one) => (isField(one) ? { ...one, arguments: [] } : one));
  return { ...operation, variableDefinitions: [], selectionSet: { ...operation.selectionSet, selections } };
}

function isField(selection: SelectionNode): selection is FieldNode {
  return selection.kind === Kind.FIELD;
}
