import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { fragmentsOf, operationsOf } from '../document-definitions.js';
import { isCondition } from './prune-fields.js';

/** Maximum of expanded fragments, for they may contain each other under many combinations of conditions. */
const maxExpanded = 200;

/**
 * Replaces the fragments that contain mutations by these, in the order in which they have to run. The planner expands
 * fragments after it has ordered the fields around them, so that it would run a mutation in a fragment too late.
 */
export function flattenMutations(document: DocumentNode): DocumentNode {
  const isFlat = operationsOf(document).every(
    ({ operation, selectionSet }) => operation !== OperationTypeNode.MUTATION || isWithoutFragments(selectionSet),
  );
  if (isFlat) return document;
  const flattened = visit(document, {
    OperationDefinition(definition) {
      if (definition.operation !== OperationTypeNode.MUTATION) return false;
      const flattening = new Flattening(fragmentsOf(document));
      const selections = flattening.flatten(definition.selectionSet, []);
      if (flattening.isExceeded) return false;
      return { ...definition, selectionSet: { ...definition.selectionSet, selections } };
    },
    FragmentDefinition: () => false,
  });
  return withoutUnusedFragments(flattened);
}

/** The planner uses fragments that are left, in an order of its own. */
function withoutUnusedFragments(document: DocumentNode): DocumentNode {
  const fragments = fragmentsOf(document);
  const used = new Set<string>();
  const search = (node: ASTNode): void => {
    visit(node, {
      FragmentSpread({ name: { value: name } }) {
        const fragment = fragments.get(name);
        if (!fragment || used.has(name)) return;
        used.add(name);
        search(fragment);
      },
    });
  };
  operationsOf(document).forEach(search);
  const definitions = document.definitions.filter(
    (one) => one.kind !== Kind.FRAGMENT_DEFINITION || used.has(one.name.value),
  );
  return { ...document, definitions };
}

function isWithoutFragments({ selections }: SelectionSetNode): boolean {
  return selections.every(({ kind }) => kind === Kind.FIELD);
}

class Flattening {
  /** The fragments that were expanded, with their conditions. */
  readonly #expanded = new Set<string>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  flatten({ selections }: SelectionSetNode, conditions: readonly DirectiveNode[]): SelectionNode[] {
    return selections.flatMap((selection) => this.#expand(selection, conditions));
  }

  #expand(selection: SelectionNode, outer: readonly DirectiveNode[]): SelectionNode[] {
    if (selection.kind === Kind.FIELD) return [withConditions(selection, outer)];
    const { directives = [] } = selection;
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
    if (!fragment || !directives.every(isCondition)) return [selection];
    const conditions = unique([...outer, ...directives]);
    const isNew = selection.kind === Kind.INLINE_FRAGMENT || this.#isNew(selection.name.value, conditions);
    return isNew && !this.isExceeded ? this.flatten(fragment.selectionSet, conditions) : [];
  }

  /** Whether there are too many fragments, so that the result is incomplete. */
  get isExceeded(): boolean {
    return this.#expanded.size > maxExpanded;
  }

  #isNew(name: string, conditions: readonly DirectiveNode[]): boolean {
    const key = [name, ...conditions.map(print)].join(' ');
    return !this.#expanded.has(key) && Boolean(this.#expanded.add(key));
  }
}

/** A selection may have one directive of each name, so further ones are those of fragments around it. */
function withConditions(field: FieldNode, conditions: readonly DirectiveNode[]): SelectionNode {
  let selection: SelectionNode = field;
  for (const condition of conditions) {
    const directives: readonly DirectiveNode[] = selection.directives ?? [];
    const known = directives.find(({ name }) => name.value === condition.name.value);
    if (known && print(known) === print(condition)) continue;
    selection = known
      ? { kind: Kind.INLINE_FRAGMENT, directives: [condition], selectionSet: selectionSetOf(selection) }
      : { ...selection, directives: [...directives, condition] };
  }
  return selection;
}

function selectionSetOf(selection: SelectionNode): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections: [selection] };
}

function unique(directives: readonly DirectiveNode[]): DirectiveNode[] {
  return [...new Map(directives.map((directive) => [print(directive), directive])).values()];
}
