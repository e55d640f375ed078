import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Counts the pairs of fields that have the same place in an answer. Validation compares each pair, so this many, and
 * not the length of a document, is what its time grows with. The document must be one that `measure` found small.
 */
export function overlapsOf({ definitions }: DocumentNode): number {
  const fragments = new Map(definitions.filter(isFragment).map((one) => [one.name.value, one]));
  return Math.max(0, ...definitions.filter(isOperation).map(({ selectionSet }) => pairs([selectionSet], fragments)));
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

function isFragment(definition: { kind: Kind }): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}

function isOperation(definition: { kind: Kind }): definition is OperationDefinitionNode {
  return definition.kind === Kind.OPERATION_DEFINITION;
}
