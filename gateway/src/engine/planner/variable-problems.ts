import { type FieldProblem, withoutSuggestion } from '@marquee/chassis/errors/errors';
import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { own } from '../json-object.js';

/**
 * The problems of the variables of an operation, in the order in which graphql-js reports them. A path begins with the
 * argument that has the variable, since services name values by their arguments: `input.closesAt`, `input.genreIds.0`.
 */
export function variableProblems(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): FieldProblem[] {
  return (operation.variableDefinitions ?? []).flatMap((definition) => {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type as NamedTypeNode);
    if (!isInputType(type)) return [{ path: name, message: 'is no input type' }];
    const problems = problemsOf(definition, type, own(variables, name));
    const argument = problems.length > 0 ? argumentOf(operation, name) : name;
    return problems.map(({ path, message }) => ({ path: [argument, ...path].join('.'), message }));
  });
}

interface Problem {
  path: readonly (string | number)[];
  message: string;
}

function problemsOf(
  { type: { kind }, defaultValue }: VariableDefinitionNode,
  type: GraphQLInputType,
  value: unknown,
): Problem[] {
  if (value === undefined && (kind !== Kind.NON_NULL_TYPE || defaultValue !== undefined)) return [];
  if (value === undefined) return [{ path: [], message: 'is required' }];
  if (value === null) return kind === Kind.NON_NULL_TYPE ? [{ path: [], message: 'must not be null' }] : [];
  const problems: Problem[] = [];
  coerceInputValue(value, type, (path, _, { message }) => {
    problems.push({ path: [...path], message: withoutSuggestion(message) });
  });
  return problems;
}

/** The first argument of a field that has the variable as its value; the variable itself if it is within a value. */
function argumentOf(operation: OperationDefinitionNode, variable: string): string {
  let found = variable;
  visit(operation, {
    Argument({ name, value }) {
      if (value.kind === Kind.VARIABLE && value.name.value === variable && found === variable) found = name.value;
    },
  });
  return found;
}
