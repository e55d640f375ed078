import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';
import type { Refused } from './shape/operation.js';

/** The document without the fields that the caller may not have: what is planned for them. */
export function withoutRefused(document: DocumentNode, refused: Refused): DocumentNode {
  if (refused.size === 0) return document;
  const dropped = visit(document, {
    Field: (node) => (refused.has(node) ? null : undefined),
    SelectionSet: { leave: filled },
  });
  const used = variablesIn(dropped);
  return visit(dropped, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  });
}

/** A selection of which nothing is left asks for nothing but what its objects are. */
function filled(set: SelectionSetNode): SelectionSetNode | undefined {
  return set.selections.length > 0 ? undefined : { ...set, selections: [typename] };
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function variablesIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
}
