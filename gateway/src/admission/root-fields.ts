import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { fragmentsOf } from '../engine/document-definitions.js';

/** The root fields of an operation, through fragments, each with the selections that lead to it. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): RootField[] {
  return fieldsBelow(operation.selectionSet.selections, fragmentsOf(document), []);
}

export interface RootField {
  field: FieldNode;
  /** The fragments around the field, and the field itself. */
  path: readonly SelectionNode[];
}

/** The same operation with every root field changed; fragments at the root are written out. */
export function mapRootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  change: (field: FieldNode) => FieldNode,
): OperationDefinitionNode {
  const fragments = fragmentsOf(document);
  const changed = (selections: readonly SelectionNode[]): SelectionNode[] =>
    selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return change(selection);
      const { typeCondition, selectionSet } = inside(selection, fragments) ?? {};
      return {
        kind: Kind.INLINE_FRAGMENT,
        ...(typeCondition && { typeCondition }),
        selectionSet: { kind: Kind.SELECTION_SET, selections: changed(selectionSet?.selections ?? []) },
      };
    });
  const selections = changed(operation.selectionSet.selections);
  return { ...operation, selectionSet: { ...operation.selectionSet, selections } };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fieldsBelow(
  selections: readonly SelectionNode[],
  fragments: Fragments,
  way: readonly SelectionNode[],
): RootField[] {
  return selections.flatMap((selection) => {
    const here = [...way, selection];
    if (selection.kind === Kind.FIELD) return [{ field: selection, path: here }];
    return fieldsBelow(inside(selection, fragments)?.selectionSet.selections ?? [], fragments, here);
  });
}

function inside(selection: Exclude<SelectionNode, FieldNode>, fragments: Fragments) {
  return selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
}
