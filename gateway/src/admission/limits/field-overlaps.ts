import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf, operationsOf } from '../../engine/document-definitions.js';

/**
 * Counts the pairs of fields that have the same place in an answer. Validation compares each pair, so this many, and
 * not the length of a document, is what its time grows with. The document must be one that `measure` found small.
 */
export function countOverlaps(document: DocumentNode): number {
  const fragments = fragmentsOf(document);
  return Math.max(0, ...operationsOf(document).map(({ selectionSet }) => pairs([selectionSet], fragments)));
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function pairs(sets: readonly SelectionSetNode[], fragments: Fragments): number {
  const places = new Map<string, FieldNode[]>();
  for (const field of sets.flatMap((set) => fieldsOf(set, fragments))) {
    const place = (field.alias ?? field.name).value;
    const others = places.get(place);
    if (others) others.push(field);
    else places.set(place, [field]);
  }
  let count = 0;
  for (const fields of places.values()) {
    const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
    count += (fields.length * (fields.length - 1)) / 2 + pairs(below, fragments);
  }
  return count;
}

function fieldsOf(set: SelectionSetNode, fragments: Fragments): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const inside = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return inside ? fieldsOf(inside.selectionSet, fragments) : [];
  });
}
