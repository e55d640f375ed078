import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';

/** Removes fields from a document, with the variables and fragments that only they use. */
export function pruneFields(document: DocumentNode, isPruned: (field: FieldNode) => boolean): DocumentNode {
  const pruned = visit(document, {
    Field: (node) => (isPruned(node) ? null : undefined),
    // Fragments on the types of introspection.
    FragmentDefinition: ({ typeCondition }) => (typeCondition.name.value.startsWith('__') ? null : undefined),
    SelectionSet: { leave: fillEmpty },
  });
  if (pruned === document) return document;
  const used = variablesIn(pruned);
  return visit(pruned, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  });
}

/** A selection set must not be empty. `__typename` keeps the objects, whose pruned fields may be null. */
function fillEmpty(set: SelectionSetNode): SelectionSetNode | undefined {
  return set.selections.length > 0 ? undefined : { ...set, selections: [typename] };
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function variablesIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
}
