import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { own, put, type Value } from '../plan/value.js';
import { compileCompleting, described } from './completing.js';
import { collectFields, type Selected, type ShapedField, type Variant } from './fields.js';
import type { Introspecting } from './introspection.js';
import { leafTest } from './leaf.js';
import { broken, type Completing, failed, fault, refuse, type Shaping } from './shaping.js';

export interface ObjectShaping {
  variant: Variant;
  introspecting: Introspecting;
}

/** Makes the object that a client gets; `broken` when something in it is null that cannot be. */
type Shape = (value: Value, shaping: Shaping) => Value | typeof broken;

/** Compiles what makes objects of what subgraphs sent. @param typename what the objects say they are, if they say so */
export function compileObject(
  { variant, introspecting }: ObjectShaping,
  selected: readonly Selected[],
  typename: string | undefined,
  parent: GraphQLCompositeType,
): Shape {
  const fields = collectFields(variant, selected, typename, parent);
  const fillings = fields.map((field) => compileFilling({ variant, introspecting }, field));
  return (value, shaping) => {
    const object: Value = {};
    for (const fill of fillings) if (!fill(object, value, shaping)) return broken;
    return object;
  };
}

/** Sets a field of an object; false when it is null and cannot be. */
type Filling = (object: Value, value: Value, shaping: Shaping) => boolean;

function compileFilling(options: ObjectShaping, field: ShapedField): Filling {
  const { nodes, type, refusal } = field;
  if (!type) return nodes[0]?.name.value === '__typename' ? typename(options, field) : introspection(options, field);
  const complete = refusal
    ? compileRefused(type, refusal)
    : compileCompleting(field, type, (one) => objectsOf(options, one));
  const fill = completed(field, complete);
  const bare = isNonNullType(type) ? type.ofType : type;
  return isLeafType(bare) && !refusal ? leafFirst(field, leafTest(bare), fill) : fill;
}

function completed({ name, sent }: ShapedField, complete: Completing): Filling {
  return (object, value, shaping) => {
    shaping.path.push(name);
    const result = complete(own(value, sent) ?? null, shaping);
    shaping.path.pop();
    if (result === broken) return false;
    put(object, name, result === failed ? null : result);
    return true;
  };
}

/** Most fields are leaves, and most leaves are as they should be. */
function leafFirst({ name, sent }: ShapedField, fits: (value: unknown) => boolean, otherwise: Filling): Filling {
  if (name in Object.prototype || sent in Object.prototype) return otherwise;
  return (object, value, shaping) => {
    const leaf = value[sent];
    if (leaf === null || leaf === undefined || !fits(leaf)) return otherwise(object, value, shaping);
    object[name] = leaf;
    return true;
  };
}

function compileRefused(type: GraphQLOutputType, refusal: NonNullable<ShapedField['refusal']>): Completing {
  return (_, shaping) => {
    refuse(shaping, refusal);
    return isNonNullType(type) ? broken : failed;
  };
}

function objectsOf(options: ObjectShaping, field: ShapedField): Completing {
  const declared = getNamedType(field.type as GraphQLOutputType) as GraphQLCompositeType;
  const shapes = new Map<string | undefined, Shape>();
  return (value, shaping) => {
    if (value === null) return null;
    if (typeof value !== 'object') throw new Error(`Invalid non-object value for composite type ${declared.name}`);
    const { __typename: given } = value as Value;
    const said = given === '' || given === null ? undefined : given;
    if (said !== undefined && typeof said !== 'string') throw new Error('Invalid non-string value for __typename');
    const shape = shapes.get(said) ?? compiled(said);
    if (!shape)
      return fault(shaping, `Invalid __typename found for object at ${described(field, declared, shaping.path)}.`);
    const object = shape(value as Value, shaping);
    return object === broken ? failed : object;
  };

  function compiled(said: string | undefined): Shape | undefined {
    const type = said === undefined ? declared : options.variant.operation.schema.getType(said);
    if (!isCompositeType(type)) return undefined;
    const shape = compileObject(options, field.selections, said, type);
    shapes.set(said, shape);
    return shape;
  }
}

/** An object whose type cannot be told is none. */
function typename({ variant }: ObjectShaping, { name, sent, parent }: ShapedField): Filling {
  return (object, value) => {
    const said = own(value, sent) ?? own(value, '__typename');
    const known = typeof said === 'string' ? variant.operation.schema.getType(said) : undefined;
    const type = known ?? parent;
    if (!isObjectType(type)) return false;
    put(object, name, type.name);
    return true;
  };
}

function introspection({ variant, introspecting }: ObjectShaping, field: ShapedField): Filling {
  const answer = introspecting(variant.operation, field);
  return (object, _, { variables }) => {
    put(object, field.name, answer(variables));
    return true;
  };
}
