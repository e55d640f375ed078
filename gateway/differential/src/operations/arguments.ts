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

/** Writes arguments of a field: those that are required and some of the others. */
export function argumentsOf(draft: Draft, definitions: readonly GraphQLArgument[]): ArgumentNode[] {
  const given = definitions.filter((one) => isRequiredArgument(one) || draft.dice.chance(45));
  return given.map(({ name, type, defaultValue }) => ({
    kind: Kind.ARGUMENT,
    name: nameNode(name),
    value: value(draft, type, defaultValue !== undefined),
  }));
}

/** `@skip` or `@include`, as a rule neither. */
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

/** @param hasDefault whether the place has a default: then a variable that may be omitted is allowed in it */
function variable(draft: Draft, type: GraphQLInputType, hasDefault: boolean): VariableNode {
  const { dice } = draft;
  const known = draft.variables.filter((one) => String(one.type) === String(type) && (hasDefault || !one.maybeMissing));
  if (known.length > 0 && dice.chance(50)) return dice.pick(known).definition.variable;
  const made: VariableNode = { kind: Kind.VARIABLE, name: nameNode(`v${draft.variables.length}`) };
  declare(draft, made, type, hasDefault);
  return made;
}

function declare(draft: Draft, node: VariableNode, place: GraphQLInputType, placeHasDefault: boolean): void {
  const { dice } = draft;
  const type = declaredType(draft, place);
  const nonNull = new GraphQLNonNull(isNonNullType(place) ? place.ofType : place);
  const needsDefault = isNonNullType(place) && !isNonNullType(type) && !placeHasDefault;
  const hasDefault = needsDefault || dice.chance(30);
  const defaultValue = hasDefault ? constant(dice, needsDefault ? nonNull : type) : undefined;
  const definition = {
    kind: Kind.VARIABLE_DEFINITION,
    variable: node,
    type: parseType(String(type), { noLocation: true }),
    ...(defaultValue && { defaultValue }),
  } as const;
  const maybeMissing = isNonNullType(place) && !isNonNullType(type) && !hasDefault;
  draft.variables.push({ definition, type: place, maybeMissing });
  const mayBeOmitted = hasDefault || !isNonNullType(type);
  if (mayBeOmitted && dice.chance(30)) return;
  // Null for a variable that a place declares non-null is a fault of the request, which ends before a plan runs.
  draft.values[node.name.value] = jsonOf(constant(dice, isNonNullType(place) ? nonNull : type));
}

/** The place's type, a stricter one, or a nullable one with a default. */
function declaredType({ dice }: Draft, place: GraphQLInputType): GraphQLInputType {
  if (!isNonNullType(place)) return dice.chance(20) ? new GraphQLNonNull(place) : place;
  return dice.chance(15) ? place.ofType : place;
}
