import {
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { CacheHint } from './cache-policy.js';
import type { CacheHints, FieldPosition } from './cache-hints.js';

const uncacheable: CacheHint = { maxAge: 0 };

/** What hints of selections are read from. */
export interface HintSource {
  /** The supergraph schema. */
  schema: GraphQLSchema;
  hints: CacheHints;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Whether a selection is left out, for instance by `@skip`. */
  isExcluded(selection: SelectionNode): boolean;
}

/**
 * Collects the hints of every selected field. A field that is selected on an interface or a union counts once for each
 * object type that may be returned, since a hint may differ between them.
 *
 * @param typeNames the types that the selections apply to, abstract ones included
 */
export function selectionHints(
  source: HintSource,
  set: SelectionSetNode,
  typeNames: readonly string[],
  position: FieldPosition,
): CacheHint[] {
  const types = typeNames.flatMap((name) => objectTypes(source.schema, name));
  return hintsWithin(source, set, types, position);
}

function hintsWithin(
  source: HintSource,
  { selections }: SelectionSetNode,
  types: readonly GraphQLObjectType[],
  position: FieldPosition,
): CacheHint[] {
  return selections.flatMap((selection) => {
    if (source.isExcluded(selection)) return [];
    if (isIncremental(selection)) return [uncacheable];
    if (selection.kind === Kind.FIELD) return fieldHints(source, selection, types, position);
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : source.fragments.get(selection.name.value);
    if (!fragment) return [];
    const condition = fragment.typeCondition?.name.value;
    const possible = condition === undefined ? types : objectTypes(source.schema, condition);
    return hintsWithin(
      source,
      fragment.selectionSet,
      types.filter((type) => possible.includes(type)),
      position,
    );
  });
}

/** A response that arrives in parts is not one that a cache can keep. */
function isIncremental({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name }) => name.value === 'defer' || name.value === 'stream');
}

function fieldHints(
  source: HintSource,
  { name: { value: name }, selectionSet }: Extract<SelectionNode, { kind: Kind.FIELD }>,
  types: readonly GraphQLObjectType[],
  position: FieldPosition,
): CacheHint[] {
  if (name === '__typename') return [];
  // The schema may be visible to some callers only.
  if (name.startsWith('__')) return [uncacheable];
  const own = types.map((type) => source.hints.ofField(type.name, name, position));
  if (!selectionSet) return own;
  const returned = new Set(types.flatMap((type) => returnedTypes(source.schema, type, name)));
  return [...own, ...hintsWithin(source, selectionSet, [...returned], 'nested')];
}

function returnedTypes(schema: GraphQLSchema, type: GraphQLObjectType, field: string): readonly GraphQLObjectType[] {
  const found = type.getFields()[field];
  return found ? objectTypes(schema, getNamedType(found.type).name) : [];
}

function objectTypes(schema: GraphQLSchema, name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  if (isObjectType(type)) return [type];
  return isCompositeType(type) && isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}
