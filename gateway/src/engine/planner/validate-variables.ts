import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { type FieldProblem, invalidRequest } from '@marquee/chassis/errors/errors';
import { isMarkedNumber } from '@marquee/chassis/json/lossless-json';
import {
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  isInputType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { own, put } from '../json-object.js';
import { readMarkedNumbers } from './marked-numbers.js';
import { variableProblems } from './variable-problems.js';
import type { OperationRequest } from '../operation-context.js';

/** Validates the variables of an operation. No errors if they are valid; they have suggestions, which admission removes. */
export type VariableValidator = (operation: OperationRequest) => readonly GraphQLError[];

/** Whether the value of a variable is certainly valid. */
type FastCheck = (variables: Readonly<Record<string, unknown>>) => boolean;

/** Maximum of errors per operation, before one that reports further ones: a long list may have thousands. */
const maxErrors = 20;

/** Most variables pass the fast checks; all others are validated by the coercion rules of GraphQL, which take longer. */
export function createVariableValidator(schema: GraphQLSchema): VariableValidator {
  const checksOf = memoizeWeak(({ variableDefinitions = [] }: OperationDefinitionNode) =>
    variableDefinitions.map(fastCheck),
  );
  return ({ document, operationName, variables }) => {
    const operation = getOperationAST(document, operationName);
    if (!operation?.variableDefinitions?.length) return [];
    if (checksOf(operation).every((isValid) => isValid(variables))) return [];
    for (const definition of operation.variableDefinitions) readNumbers(schema, definition, variables);
    const { errors = [] } = getVariableValues(schema, operation.variableDefinitions, variables, { maxErrors });
    if (errors.length === 0) return [];
    const problems = errors.length > maxErrors ? [] : variableProblems(schema, operation, variables);
    return errors.map((error, index) => withField(error, problems[index]));
  };
}

/** With the path of the invalid value, as services name the values that they reject. */
function withField(error: GraphQLError, problem: FieldProblem | undefined): GraphQLError {
  return invalidRequest(error, { keepsSuggestions: true, ...(problem && { fields: [problem] }) });
}

/** Variables of custom scalars keep their marks and are sent as numbers again. */
function readNumbers(
  schema: GraphQLSchema,
  { variable, type: node }: VariableDefinitionNode,
  variables: Record<string, unknown>,
): void {
  const name = variable.name.value;
  const type = typeFromAST(schema, node as NamedTypeNode);
  if (own(variables, name) !== undefined && isInputType(type))
    put(variables, name, readMarkedNumbers(type, own(variables, name)));
}

const maxInt = 2 ** 31 - 1;

/** Tests for the built-in scalars. */
const scalarTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => Number.isFinite(value),
  ID: (value) => typeof value === 'string' && !isMarkedNumber(value),
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) <= maxInt,
  String: (value) => typeof value === 'string' && !isMarkedNumber(value),
};

function fastCheck({ variable, type, defaultValue }: VariableDefinitionNode): FastCheck {
  const name = variable.name.value;
  const isRequired = type.kind === Kind.NON_NULL_TYPE;
  const nullable = isRequired ? type.type : type;
  const test = nullable.kind === Kind.NAMED_TYPE ? scalarTests[nullable.name.value] : undefined;
  return (variables) => {
    const value = own(variables, name);
    if (value === undefined) return !isRequired || defaultValue !== undefined;
    if (value === null) return !isRequired;
    return test?.(value) ?? false;
  };
}
