import { requestFault } from '@marquee/chassis/errors/errors';
import {
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { RunningOperation } from './graph.js';
import { own } from './plan/value.js';

/** What is wrong with the values of an operation's variables; nothing, as a rule. */
export type VariableFaults = (operation: RunningOperation) => readonly GraphQLError[];

/** Whether what a client sent for a variable is right beyond doubt. */
type Fits = (variables: Readonly<Record<string, unknown>>) => boolean;

/** Whatever is not plainly right is looked at by the rules of GraphQL, which take longer. */
export function variableFaultsOver(schema: GraphQLSchema): VariableFaults {
  const known = new WeakMap<OperationDefinitionNode, readonly Fits[]>();
  return ({ document, operationName, variables }) => {
    const operation = getOperationAST(document, operationName);
    if (!operation?.variableDefinitions?.length) return [];
    const fits = known.get(operation) ?? operation.variableDefinitions.map(plainly);
    known.set(operation, fits);
    if (fits.every((one) => one(variables))) return [];
    return (getVariableValues(schema, operation.variableDefinitions, variables).errors ?? []).map(requestFault);
  };
}

const largestInt = 2 ** 31 - 1;

/** Of the scalars that every schema has. */
const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => Number.isFinite(value),
  ID: (value) => typeof value === 'string',
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) <= largestInt,
  String: (value) => typeof value === 'string',
};

function plainly({ variable, type, defaultValue }: VariableDefinitionNode): Fits {
  const name = variable.name.value;
  const isRequired = type.kind === Kind.NON_NULL_TYPE;
  const bare = isRequired ? type.type : type;
  const scalar = bare.kind === Kind.NAMED_TYPE ? scalars[bare.name.value] : undefined;
  return (variables) => {
    const value = own(variables, name);
    if (value === undefined) return !isRequired || defaultValue !== undefined;
    if (value === null) return !isRequired;
    return scalar?.(value) ?? false;
  };
}
