import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  doTypesOverlap,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isLeafType,
  isUnionType,
  getNamedType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentsOf, conditions } from './arguments.js';
import { type Draft, nameNode } from './draft.js';

const maxDepth = 5;

/** Generates a selection set on a type. */
export function selectionSet(draft: Draft, type: GraphQLCompositeType, depth = 0): SelectionSetNode {
  const { dice } = draft;
  const many = 1 + dice.below(3);
  const selections: SelectionNode[] = [];
  for (let index = 0; index < many && (index === 0 || draft.budget > 0); index += 1) {
    selections.push(selection(draft, type, depth));
  }
  return { kind: Kind.SELECTION_SET, selections };
}

/** A field without conditions. */
export function rootField(draft: Draft, type: GraphQLObjectType): FieldNode {
  return { ...field(draft, draft.dice.pick(Object.values(type.getFields())), 0), directives: [] };
}

function selection(draft: Draft, type: GraphQLCompositeType, depth: number): SelectionNode {
  const { dice } = draft;
  draft.budget -= 1;
  if (depth > maxDepth || draft.budget < 0) return leaf(draft, type);
  const way = dice.below(100);
  if (way < 8) return typename(draft);
  if (way < (isUnionType(type) ? 75 : 22)) return inlineFragment(draft, type, depth);
  if (way < (isUnionType(type) ? 95 : 30)) return spread(draft, type, depth);
  if (isUnionType(type)) return typename(draft);
  return field(draft, dice.pick(Object.values(type.getFields())), depth);
}

/** A field without selections. */
function leaf(draft: Draft, type: GraphQLCompositeType): FieldNode {
  const leaves = isUnionType(type)
    ? []
    : Object.values(type.getFields()).filter(({ type: of }) => isLeafType(getNamedType(of)));
  return leaves.length === 0 ? typename(draft) : field(draft, draft.dice.pick(leaves), maxDepth);
}

/** The aliases of `__typename`; no other field has them. */
export const typenameAliases: readonly string[] = ['kind_', 'type_'];

/** Sometimes with an alias. */
function typename({ dice }: Draft): FieldNode {
  const alias = dice.chance(15) ? { alias: nameNode(dice.pick(typenameAliases)) } : {};
  return { kind: Kind.FIELD, name: nameNode('__typename'), ...alias };
}

function field(draft: Draft, definition: GraphQLField<unknown, unknown>, depth: number): FieldNode {
  const type = getNamedType(definition.type);
  const given = argumentsOf(draft, definition.args);
  const name = responseName(
    draft,
    definition,
    `${definition.name}(${given.map(print).join()}):${String(definition.type)}`,
  );
  return {
    kind: Kind.FIELD,
    name: nameNode(definition.name),
    ...(name !== definition.name && { alias: nameNode(name) }),
    arguments: given,
    directives: conditions(draft),
    ...(isCompositeType(type) && { selectionSet: selectionSet(draft, type, depth + 1) }),
  };
}

/** A response name with one meaning in the whole operation, or with several if conflicts are allowed. */
function responseName({ dice, allowsConflicts, names }: Draft, { name }: { name: string }, meaning: string): string {
  if (allowsConflicts && dice.chance(40)) return dice.pick(['a', 'b', name]);
  const wish = dice.chance(20) ? dice.pick(['a', 'b', 'c', 'id', 'name']) : name;
  for (let count = 0; ; count += 1) {
    const response = count === 0 ? wish : `${wish}_${count}`;
    if ((names.get(response) ?? meaning) !== meaning) continue;
    names.set(response, meaning);
    return response;
  }
}

function inlineFragment(draft: Draft, type: GraphQLCompositeType, depth: number): SelectionNode {
  const condition = draft.dice.chance(12) ? undefined : draft.dice.pick(overlapping(draft.schema, type));
  return {
    kind: Kind.INLINE_FRAGMENT,
    ...(condition && { typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(condition.name) } }),
    directives: conditions(draft),
    selectionSet: selectionSet(draft, condition ?? type, depth + 1),
  };
}

function spread(draft: Draft, type: GraphQLCompositeType, depth: number): SelectionNode {
  const { dice, fragments } = draft;
  const possible = overlapping(draft.schema, type);
  const known = fragments.filter(({ typeCondition }) => possible.some(({ name }) => name === typeCondition.name.value));
  const fragment =
    known.length > 0 && dice.chance(50) ? dice.pick(known) : newFragment(draft, dice.pick(possible), depth);
  return { kind: Kind.FRAGMENT_SPREAD, name: fragment.name, directives: conditions(draft) };
}

/** Registers the fragment only when it is complete, so that none contains itself. */
function newFragment(draft: Draft, type: GraphQLCompositeType, depth: number): Draft['fragments'][number] {
  const set = selectionSet(draft, type, depth + 1);
  const fragment = {
    kind: Kind.FRAGMENT_DEFINITION,
    name: nameNode(`F${draft.fragments.length}`),
    typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(type.name) },
    selectionSet: set,
  } as const;
  draft.fragments.push(fragment);
  return fragment;
}

const overlaps = new WeakMap<GraphQLCompositeType, GraphQLCompositeType[]>();

/** The possible type conditions of a fragment on a type. */
function overlapping(schema: GraphQLSchema, type: GraphQLCompositeType): GraphQLCompositeType[] {
  return getOrCreate(overlaps, type, () =>
    Object.values(schema.getTypeMap())
      .filter(isCompositeType)
      .filter((other) => !other.name.startsWith('__') && doTypesOverlap(schema, type, other)),
  );
}
