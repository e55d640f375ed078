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
  type SelectionSetNode,
} from 'graphql';
import { type ClientOperation, isExcluded } from './client-operation.js';
import type { DenialCode } from '../operation-context.js';

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
  denial: DenialCode | undefined;
  selections: TypedSelection[];
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
): ResponseField[] {
  const fields = new Map<string, ResponseField>();
  for (const { set, type } of selected) collect({ variant, typename, fields }, set, type, parent);
  return [...fields.values()];
}

interface Collector {
  variant: OperationVariant;
  typename: string | undefined;
  fields: Map<string, ResponseField>;
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
    collect(collector, fragment.selectionSet, selectedOn, narrowed);
  }
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
  if (!known) return void fields.set(name, { name, alias, nodes: [node], type, parent, denial, selections });
  known.nodes.push(node);
  known.selections.push(...selections);
  known.denial ??= denial;
  if (isNonNullType(type)) known.type = type;
}

function typeOf(owner: GraphQLCompositeType, name: string): GraphQLOutputType | undefined {
  if (name.startsWith('__') || isUnionType(owner)) return undefined;
  const field = owner.getFields()[name];
  if (field) return field.type;
  throw new Error(`${isObjectType(owner) ? 'Type' : 'Interface'} ${owner.name} has no field "${name}".`);
}
