import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

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

/**
 * Evaluates the `@skip` and `@include` directives whose value is known: excluded selections are removed, and the
 * directives of the others.
 *
 * @param valueOf the value of a directive's condition; undefined if it is not known
 */
export function evaluateConditions(
  document: DocumentNode,
  valueOf: (condition: DirectiveNode) => boolean | undefined,
): DocumentNode {
  const enter = <Node extends SelectionNode>(node: Node): Node | null | undefined => {
    const { directives = [] } = node;
    const values = new Map(directives.filter(isCondition).map((directive) => [directive, valueOf(directive)]));
    const rest = directives.filter((directive) => values.get(directive) === undefined);
    if (rest.length === directives.length) return undefined;
    const isExcluded = [...values].some(([{ name }, value]) => value === (name.value === 'skip'));
    return isExcluded ? null : { ...node, directives: rest };
  };
  return visit(document, {
    Field: { enter },
    InlineFragment: { enter },
    FragmentSpread: { enter },
    SelectionSet: { leave: fillEmpty },
  });
}

export function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'skip' || name.value === 'include';
}

/** The variable of `@skip` or `@include`. */
export function conditionVariable(directive: DirectiveNode): string | undefined {
  const [condition] = directive.arguments ?? [];
  return isCondition(directive) && condition?.value.kind === Kind.VARIABLE ? condition.value.name.value : undefined;
}

/** A selection set must not be empty. `__typename` keeps the objects, so that their pruned fields can be null. */
function fillEmpty(set: SelectionSetNode): SelectionSetNode | undefined {
  return set.selections.length > 0 ? undefined : { ...set, selections: [typename] };
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function variablesIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
}
