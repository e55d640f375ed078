import { type DocumentNode, type GraphQLSchema, isInputType, Kind, typeFromAST, type TypeNode } from 'graphql';
import type { Dice } from './dice.js';
import { constant, jsonOf } from './inputs.js';

/** Draws values for the variables of a given document. */
export function variablesFor(schema: GraphQLSchema, document: DocumentNode, dice: Dice): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, type, defaultValue } of definition.variableDefinitions ?? []) {
      const isOptional = defaultValue !== undefined || type.kind !== Kind.NON_NULL_TYPE;
      if (!isOptional || dice.chance(70)) values[variable.name.value] = valueOf(schema, type, dice);
    }
  }
  return values;
}

function valueOf(schema: GraphQLSchema, node: TypeNode, dice: Dice): unknown {
  const type = typeFromAST(schema, node);
  return isInputType(type) ? jsonOf(constant(dice, type)) : undefined;
}
