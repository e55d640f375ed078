import {
  type ConstValueNode,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLList,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  type ValueNode,
} from 'graphql';
import type { Dice } from './dice.js';
import { nameNode } from './draft.js';

/** Maximum nesting of input objects and lists. Below it, only required fields are given. */
const maxDepth = 3;

/** May replace a value, for example by a variable. */
type Replace<T extends ValueNode> = (type: GraphQLInputType, hasDefault: boolean) => T | undefined;

/** Generates a literal of a type. `replace` may replace each nested value. */
export function literal(dice: Dice, type: GraphQLInputType, replace: Replace<ValueNode>, depth = 0): ValueNode {
  if (isNonNullType(type)) return present(dice, type.ofType, replace, depth);
  return dice.chance(12) ? { kind: Kind.NULL } : present(dice, type, replace, depth);
}

/** A literal without variables. */
export function constant(dice: Dice, type: GraphQLInputType): ConstValueNode {
  return literal(dice, type, never) as ConstValueNode;
}

function present(dice: Dice, type: GraphQLInputType, replace: Replace<ValueNode>, depth: number): ValueNode {
  if (isNonNullType(type)) return present(dice, type.ofType, replace, depth);
  const within = (inner: GraphQLInputType, hasDefault = false): ValueNode =>
    replace(inner, hasDefault) ?? literal(dice, inner, replace, depth + 1);
  if (isListType(type)) {
    // GraphQL coerces a single value to a list of one. In a list of lists, it does so for literals only.
    if (dice.chance(15)) return present(dice, type.ofType, isListOfLists(type) ? never : replace, depth + 1);
    const length = depth > maxDepth ? 0 : dice.below(3);
    return { kind: Kind.LIST, values: Array.from({ length }, () => within(type.ofType)) };
  }
  if (isInputObjectType(type)) {
    const fields = givenFields(dice, Object.values(type.getFields()), depth);
    return {
      kind: Kind.OBJECT,
      fields: fields.map((field) => ({
        kind: Kind.OBJECT_FIELD,
        name: nameNode(field.name),
        value: within(field.type, field.defaultValue !== undefined),
      })),
    };
  }
  if (isEnumType(type)) return { kind: Kind.ENUM, value: dice.pick(type.getValues()).name };
  return scalar(dice, type.name);
}

function isListOfLists({ ofType }: GraphQLList<GraphQLInputType>): boolean {
  return isListType(isNonNullType(ofType) ? ofType.ofType : ofType);
}

function never(): undefined {
  return undefined;
}

function givenFields(dice: Dice, fields: readonly GraphQLInputField[], depth: number): GraphQLInputField[] {
  return fields.filter((field) => isRequiredInputField(field) || (depth < maxDepth && dice.chance(40)));
}

function scalar(dice: Dice, name: string): ValueNode {
  const number = dice.below(9);
  switch (name) {
    case 'Int':
      return { kind: Kind.INT, value: String(number) };
    case 'Float':
      return dice.chance(30)
        ? { kind: Kind.INT, value: String(number) }
        : { kind: Kind.FLOAT, value: String(number + 0.5) };
    case 'Boolean':
      return { kind: Kind.BOOLEAN, value: number % 2 === 0 };
    case 'ID':
      return dice.chance(20) ? { kind: Kind.INT, value: String(number) } : { kind: Kind.STRING, value: `id:${number}` };
    default:
      return { kind: Kind.STRING, value: dice.pick(['', 'a', 'b "quoted" \\ text', 'ünï 🙂', 'line\nbreak']) };
  }
}

/** The JSON of a literal without variables. */
export function jsonOf(node: ConstValueNode): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map(jsonOf);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, jsonOf(value)]));
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value;
  }
}
