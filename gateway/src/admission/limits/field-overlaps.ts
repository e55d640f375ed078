import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf, operationsOf } from '../../engine/document-definitions.js';

/**
 * Counts the pairs of fields with the same response path in the largest operation. Validation compares each pair (rule
 * OverlappingFieldsCanBeMerged), so its time grows with this number and not with the length of the document.
 * @param document one whose size with all fragments expanded is within its limit
 */
export function countOverlaps(document: DocumentNode): number {
  const fragments = fragmentsOf(document);
  return Math.max(0, ...operationsOf(document).map(({ selectionSet }) => countPairs([selectionSet], fragments)));
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function countPairs(sets: readonly SelectionSetNode[], fragments: Fragments): number {
  const fieldsByName = new Map<string, FieldNode[]>();
  for (const field of sets.flatMap((set) => fieldsOf(set, fragments))) {
    const name = (field.alias ?? field.name).value;
    const others = fieldsByName.get(name);
    if (others) others.push(field);
    else fieldsByName.set(name, [field]);
  }
  let count = 0;
  for (const fields of fieldsByName.values()) {
    const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
    count += (fields.length * (fields.length - 1)) / 2 + countPairs(below, fragments);
  }
  return count;
}

function fieldsOf(set: SelectionSetNode, fragments: Fragments): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment ? fieldsOf(fragment.selectionSet, fragments) : [];
  });
}
