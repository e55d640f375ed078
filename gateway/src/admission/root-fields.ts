import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { fragmentsOf } from '../engine/document-definitions.js';

/** The root fields of an operation, including those in fragments, each with the selections around it. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): RootField[] {
  return fieldsBelow(operation.selectionSet.selections, fragmentsOf(document), []);
}

export interface RootField {
  field: FieldNode;
  /** The fragments around the field, and the field itself. */
  path: readonly SelectionNode[];
}

/** The operation with every root field replaced. Fragments at the root become inline fragments. */
export function mapRootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  replace: (field: FieldNode) => FieldNode,
): OperationDefinitionNode {
  const fragments = fragmentsOf(document);
  const mapped = (selections: readonly SelectionNode[]): SelectionNode[] =>
    selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return replace(selection);
      const { typeCondition, selectionSet } = fragmentOf(selection, fragments) ?? {};
      return {
        kind: Kind.INLINE_FRAGMENT,
        ...(typeCondition && { typeCondition }),
        selectionSet: { kind: Kind.SELECTION_SET, selections: mapped(selectionSet?.selections ?? []) },
      };
    });
  const selections = mapped(operation.selectionSet.selections);
  return { ...operation, selectionSet: { ...operation.selectionSet, selections } };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fieldsBelow(
  selections: readonly SelectionNode[],
  fragments: Fragments,
  around: readonly SelectionNode[],
): RootField[] {
  return selections.flatMap((selection) => {
    const path = [...around, selection];
    if (selection.kind === Kind.FIELD) return [{ field: selection, path }];
    return fieldsBelow(fragmentOf(selection, fragments)?.selectionSet.selections ?? [], fragments, path);
  });
}

function fragmentOf(selection: Exclude<SelectionNode, FieldNode>, fragments: Fragments) {
  return selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
}
