import { deferName } from '@marquee/chassis/graphql/incremental-schema';
import {
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentOf, labelOf, streamOf } from '../incremental-directives.js';
import { own } from '../json-object.js';
import { type ClientOperation, isExcluded } from './client-operation.js';
import type { Denial } from '../operation-context.js';

/** A field of the response on one object type, with all selections that it merges. */
export interface ResponseField {
  name: string;
  /** Its name in the subgraph data. */
  alias: string;
  nodes: FieldNode[];
  /** The type in the schema; undefined for `__typename`, `__schema` and `__type`. */
  type: GraphQLOutputType | undefined;
  /** The parent type as errors name it. */
  parent: GraphQLCompositeType;
  denial: Denial | undefined;
  selections: TypedSelection[];
  /** Set if the later items of this list are delivered in a later result. */
  stream: StreamedField | undefined;
}

/** The arguments of `@stream`. */
export interface StreamedField {
  label: string;
  /** The number of items in the first result. */
  initialCount(variables: Readonly<Record<string, unknown>>): number;
}

/** A fragment with `@defer`: its fields are delivered in a later result. */
export interface DeferredFragment {
  label: string;
  selected: TypedSelection;
  /** The static type of the object, within the fragment. */
  parent: GraphQLCompositeType;
}

/** The fields of an object in its first result, and the fragments of later ones. */
export interface CollectedFields {
  fields: ResponseField[];
  deferred: DeferredFragment[];
}

/** A selection set and the type that its fields are selected on. */
export interface TypedSelection {
  set: SelectionSetNode;
  type: GraphQLCompositeType;
}

/** An operation with the values of its conditions, which determine the selections that are excluded. */
export interface OperationVariant {
  operation: ClientOperation;
  values: ReadonlyMap<string, boolean>;
}

/**
 * The fields of an object in the response, in the order of their first selection (CollectFields in section 6.3 of the
 * GraphQL specification).
 *
 * @param typename the `__typename` of the object, if it has one
 * @param parent the static type of the object, used if it has no `__typename`
 */
export function collectFields(
  variant: OperationVariant,
  selected: readonly TypedSelection[],
  typename: string | undefined,
  parent: GraphQLCompositeType,
): CollectedFields {
  const fields = new Map<string, ResponseField>();
  const deferred: DeferredFragment[] = [];
  for (const { set, type } of selected) collect({ variant, typename, fields, deferred }, set, type, parent);
  return { fields: [...fields.values()], deferred };
}

interface Collector {
  variant: OperationVariant;
  typename: string | undefined;
  fields: Map<string, ResponseField>;
  deferred: DeferredFragment[];
}

function collect(
  collector: Collector,
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  parent: GraphQLCompositeType,
): void {
  const { operation, values } = collector.variant;
  for (const selection of selections) {
    if (isExcluded(selection, values)) continue;
    if (selection.kind === Kind.FIELD) {
      addField(collector, selection, type, parent);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? operation.fragments.get(selection.name.value) : selection;
    const condition = fragment?.typeCondition && operation.schema.getType(fragment.typeCondition.name.value);
    if (!fragment || !applies(operation.schema, condition, collector.typename, parent)) continue;
    const selectedOn = isCompositeType(condition) ? condition : type;
    // An object is of its own type inside a fragment on an interface or a union, too.
    const narrowed = isObjectType(parent) ? parent : selectedOn;
    const label = deferredLabel(selection);
    if (label === undefined) collect(collector, fragment.selectionSet, selectedOn, narrowed);
    else
      collector.deferred.push({ label, selected: { set: fragment.selectionSet, type: selectedOn }, parent: narrowed });
  }
}

/** `expandIncrements` gives every deferred fragment a label. */
function deferredLabel({ directives = [] }: SelectionNode): string | undefined {
  const defer = directives.find(({ name }) => name.value === deferName);
  return defer && labelOf(defer);
}

/** Whether a fragment with this type condition applies to the object. */
function applies(
  schema: GraphQLSchema,
  condition: GraphQLNamedType | undefined,
  typename: string | undefined,
  parent: GraphQLCompositeType,
): boolean {
  if (!condition) return true;
  const type = typename === undefined ? parent : schema.getType(typename);
  return isCompositeType(condition) && isCompositeType(type) && isSubtypeOf(schema, condition, type);
}

function isSubtypeOf(schema: GraphQLSchema, type: GraphQLCompositeType, one: GraphQLCompositeType): boolean {
  return type === one || (isAbstractType(type) && !isUnionType(one) && schema.isSubType(type, one));
}

function addField(
  { variant: { operation }, fields }: Collector,
  node: FieldNode,
  owner: GraphQLCompositeType,
  parent: GraphQLCompositeType,
): void {
  const name = (node.alias ?? node.name).value;
  const type = typeOf(owner, node.name.value);
  const named = type && getNamedType(type);
  const denial = operation.denied.get(node);
  const selections = node.selectionSet && isCompositeType(named) ? [{ set: node.selectionSet, type: named }] : [];
  const known = fields.get(name);
  const alias = operation.aliases.aliasFor(node, owner);
  const stream = streamedField(operation, node);
  if (!known) return void fields.set(name, { name, alias, nodes: [node], type, parent, denial, selections, stream });
  known.nodes.push(node);
  known.selections.push(...selections);
  known.denial ??= denial;
  if (isNonNullType(type)) known.type = type;
}

/** The arguments of the `@stream` of a field. */
export function streamedField(
  { defaults }: Pick<ClientOperation, 'defaults'>,
  node: FieldNode,
): StreamedField | undefined {
  const directive = streamOf(node);
  const label = directive && labelOf(directive);
  if (!directive || label === undefined) return undefined;
  const value = argumentOf(directive, 'initialCount')?.value;
  if (value?.kind !== Kind.VARIABLE) {
    const count = value?.kind === Kind.INT ? Number(value.value) : 0;
    return { label, initialCount: () => count };
  }
  const variable = value.name.value;
  return { label, initialCount: (variables) => countIn(own(variables, variable) ?? defaults.get(variable)) };
}

function countIn(value: unknown): number {
  return typeof value === 'number' ? Math.max(0, value) : 0;
}

function typeOf(owner: GraphQLCompositeType, name: string): GraphQLOutputType | undefined {
  if (name.startsWith('__') || isUnionType(owner)) return undefined;
  const field = owner.getFields()[name];
  if (field) return field.type;
  throw new Error(`${isObjectType(owner) ? 'Type' : 'Interface'} ${owner.name} has no field "${name}".`);
}
