import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';
import type { DeniedFields } from '../completion/client-operation.js';

/** Removes denied fields, and variables that only they use, so that the plan fetches nothing for them. */
export function pruneUnauthorized(document: DocumentNode, denied: DeniedFields): DocumentNode {
  if (denied.size === 0) return document;
  const pruned = visit(document, {
    Field: (node) => (denied.has(node) ? null : undefined),
    SelectionSet: { leave: fillEmpty },
  });
  const used = variablesIn(pruned);
  return visit(pruned, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  });
}

/** A selection set must not be empty. `__typename` keeps the objects, whose denied fields become null. */
function fillEmpty(set: SelectionSetNode): SelectionSetNode | undefined {
  return set.selections.length > 0 ? undefined : { ...set, selections: [typename] };
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function variablesIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
}
