import {
  type ArgumentNode,
  type GraphQLArgument,
  GraphQLBoolean,
  type GraphQLInputType,
  GraphQLNonNull,
  isNonNullType,
  isRequiredArgument,
  Kind,
  parseType,
  type DirectiveNode,
  type ValueNode,
  type VariableNode,
} from 'graphql';
import { type Draft, nameNode } from './draft.js';
import { constant, jsonOf, literal } from './inputs.js';

/** Generates arguments of a field: the required ones and some of the others. */
export function argumentsOf(draft: Draft, definitions: readonly GraphQLArgument[]): ArgumentNode[] {
  const given = definitions.filter((one) => isRequiredArgument(one) || draft.dice.chance(45));
  return given.map(({ name, type, defaultValue }) => ({
    kind: Kind.ARGUMENT,
    name: nameNode(name),
    value: value(draft, type, defaultValue !== undefined),
  }));
}

/** Usually none, sometimes `@skip`, `@include` or both. */
export function conditions(draft: Draft): DirectiveNode[] {
  const { dice } = draft;
  if (!dice.chance(14)) return [];
  const one = condition(draft, dice.pick(['skip', 'include']));
  return dice.chance(8) ? [one, condition(draft, one.name.value === 'skip' ? 'include' : 'skip')] : [one];
}

function condition(draft: Draft, name: string): DirectiveNode {
  const { dice } = draft;
  const type = new GraphQLNonNull(GraphQLBoolean);
  const condition: ValueNode = dice.chance(75)
    ? variable(draft, type, false)
    : { kind: Kind.BOOLEAN, value: dice.chance(50) };
  return {
    kind: Kind.DIRECTIVE,
    name: nameNode(name),
    arguments: [{ kind: Kind.ARGUMENT, name: nameNode('if'), value: condition }],
  };
}

function value(draft: Draft, type: GraphQLInputType, hasDefault: boolean): ValueNode {
  if (draft.dice.chance(45)) return variable(draft, type, hasDefault);
  return literal(draft.dice, type, (inner, innerDefault) =>
    draft.dice.chance(15) ? variable(draft, inner, innerDefault) : undefined,
  );
}

/** @param hasDefault whether the position has a default value, which allows a variable that may be omitted */
function variable(draft: Draft, type: GraphQLInputType, hasDefault: boolean): VariableNode {
  const { dice } = draft;
  const known = draft.variables.filter((one) => String(one.type) === String(type) && (hasDefault || !one.maybeMissing));
  if (known.length > 0 && dice.chance(50)) return dice.pick(known).definition.variable;
  const made: VariableNode = { kind: Kind.VARIABLE, name: nameNode(`v${draft.variables.length}`) };
  declare(draft, made, type, hasDefault);
  return made;
}

function declare(draft: Draft, node: VariableNode, position: GraphQLInputType, positionHasDefault: boolean): void {
  const { dice } = draft;
  const type = declaredType(draft, position);
  const nonNull = new GraphQLNonNull(isNonNullType(position) ? position.ofType : position);
  const needsDefault = isNonNullType(position) && !isNonNullType(type) && !positionHasDefault;
  const hasDefault = needsDefault || dice.chance(30);
  const defaultValue = hasDefault ? constant(dice, needsDefault ? nonNull : type) : undefined;
  const definition = {
    kind: Kind.VARIABLE_DEFINITION,
    variable: node,
    type: parseType(String(type), { noLocation: true }),
    ...(defaultValue && { defaultValue }),
  } as const;
  const maybeMissing =
    isNonNullType(position) && !isNonNullType(type) && (!defaultValue || defaultValue.kind === Kind.NULL);
  draft.variables.push({ definition, type: position, maybeMissing });
  const mayBeOmitted = hasDefault || !isNonNullType(type);
  if (mayBeOmitted && dice.chance(30)) return;
  // Null for a variable in a non-null position is a request error, which ends the operation before a plan runs.
  draft.values[node.name.value] = jsonOf(constant(dice, isNonNullType(position) ? nonNull : type));
}

/** The type of the position, a stricter one, or a nullable one with a default. */
function declaredType({ dice }: Draft, position: GraphQLInputType): GraphQLInputType {
  if (!isNonNullType(position)) return dice.chance(20) ? new GraphQLNonNull(position) : position;
  return dice.chance(15) ? position.ofType : position;
}
