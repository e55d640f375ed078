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
import { isLeftOut, type Refusal, type ShapedOperation } from './operation.js';

/** A field of the answer: all the selections that ask for it, of one type of object. */
export interface ShapedField {
  name: string;
  /** What subgraphs call it. */
  sent: string;
  nodes: FieldNode[];
  /** What the schema says of it; undefined for `__typename`, `__schema` and `__type`. */
  type: GraphQLOutputType | undefined;
  /** The type that errors name it with. */
  parent: GraphQLCompositeType;
  refusal: Refusal | undefined;
  selections: Selected[];
}

/** A selection set, and the type that its fields are those of. */
export interface Selected {
  set: SelectionSetNode;
  type: GraphQLCompositeType;
}

/** An operation with the values that decide what of it is left out. */
export interface Variant {
  operation: ShapedOperation;
  values: ReadonlyMap<string, boolean>;
}

/**
 * The fields that an object has in the answer, in the order in which they are asked for.
 *
 * @param typename what the object says it is, if it says so
 * @param parent what is known of it otherwise
 */
export function collectFields(
  variant: Variant,
  selected: readonly Selected[],
  typename: string | undefined,
  parent: GraphQLCompositeType,
): ShapedField[] {
  const fields = new Map<string, ShapedField>();
  for (const { set, type } of selected) collect({ variant, typename, fields }, set, type, parent);
  return [...fields.values()];
}

interface Collecting {
  variant: Variant;
  typename: string | undefined;
  fields: Map<string, ShapedField>;
}

function collect(
  collecting: Collecting,
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  parent: GraphQLCompositeType,
): void {
  const { operation, values } = collecting.variant;
  for (const selection of selections) {
    if (isLeftOut(selection, values)) continue;
    if (selection.kind === Kind.FIELD) {
      add(collecting, selection, type, parent);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? operation.fragments.get(selection.name.value) : selection;
    const condition = fragment?.typeCondition && operation.schema.getType(fragment.typeCondition.name.value);
    if (!fragment || !applies(operation.schema, condition, collecting.typename, parent)) continue;
    const narrowed = isCompositeType(condition) ? condition : undefined;
    collect(collecting, fragment.selectionSet, narrowed ?? type, narrowed ?? parent);
  }
}

function applies(
  schema: GraphQLSchema,
  condition: GraphQLNamedType | undefined,
  typename: string | undefined,
  parent: GraphQLCompositeType,
): boolean {
  if (!condition) return true;
  const type = typename === undefined ? parent : schema.getType(typename);
  return isCompositeType(condition) && isCompositeType(type) && isKindOf(schema, condition, type);
}

function isKindOf(schema: GraphQLSchema, type: GraphQLCompositeType, one: GraphQLCompositeType): boolean {
  return type === one || (isAbstractType(type) && !isUnionType(one) && schema.isSubType(type, one));
}

function add(
  { variant: { operation }, fields }: Collecting,
  node: FieldNode,
  owner: GraphQLCompositeType,
  parent: GraphQLCompositeType,
): void {
  const name = (node.alias ?? node.name).value;
  const type = typeOf(owner, node.name.value);
  const named = type && getNamedType(type);
  const refusal = operation.refused.get(node);
  const selections = node.selectionSet && isCompositeType(named) ? [{ set: node.selectionSet, type: named }] : [];
  const known = fields.get(name);
  const sent = operation.naming.sent(node, owner);
  if (!known) return void fields.set(name, { name, sent, nodes: [node], type, parent, refusal, selections });
  known.nodes.push(node);
  known.selections.push(...selections);
  known.refusal ??= refusal;
  if (isNonNullType(type)) known.type = type;
}

function typeOf(owner: GraphQLCompositeType, name: string): GraphQLOutputType | undefined {
  if (name.startsWith('__') || isUnionType(owner)) return undefined;
  const field = owner.getFields()[name];
  if (field) return field.type;
  throw new Error(`${isObjectType(owner) ? 'Type' : 'Interface'} ${owner.name} has no field "${name}".`);
}
