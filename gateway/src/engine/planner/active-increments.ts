import { badInput } from '@marquee/chassis/errors/errors';
import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import {
  type DirectiveNode,
  type DocumentNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import { argumentOf, incrementalDirectivesOf } from '../incremental-directives.js';
import { own } from '../json-object.js';
import type { OperationRequest } from '../operation-context.js';

/** Which of the `@defer` and `@stream` directives of a document apply to an execution. */
export interface ActiveIncrements {
  /** Equal for executions of a document with the same directives. */
  key: string;
  isActive(directive: DirectiveNode): boolean;
}

/**
 * The directives that apply to an execution; undefined if none does, so that the response is one result.
 * @throws GraphQLError if the variable of a condition is null
 */
export function activeIncrements({
  document,
  operationName,
  variables,
}: Pick<OperationRequest, 'document' | 'operationName' | 'variables'>): ActiveIncrements | undefined {
  const directives = incrementalDirectivesOf(document);
  if (directives.length === 0) return undefined;
  const definition = getOperationAST(document, operationName);
  if (!definition || definition.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
  const values = new Map(
    conditionsOf(document).map((name) => [name, evaluate(definition, name, own(variables, name))]),
  );
  const isActive = (directive: DirectiveNode): boolean => isApplied(directive, values);
  return directives.some(isActive) ? { key: `parts ${[...values.values()].join()}`, isActive } : undefined;
}

/** The variables of the conditions. */
const conditionsOf = memoizeWeak((document: DocumentNode): readonly string[] => {
  const names = incrementalDirectivesOf(document).flatMap((directive) => conditionVariable(directive) ?? []);
  return [...new Set(names)];
});

function isApplied(directive: DirectiveNode, values: ReadonlyMap<string, boolean>): boolean {
  const value = argumentOf(directive, 'if')?.value;
  if (value?.kind === Kind.VARIABLE) return values.get(value.name.value) ?? true;
  return value?.kind !== Kind.BOOLEAN || value.value;
}

function conditionVariable(directive: DirectiveNode): string | undefined {
  const value = argumentOf(directive, 'if')?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : undefined;
}

/** A variable without a value leaves the argument at its default, true. */
function evaluate({ variableDefinitions = [] }: OperationDefinitionNode, name: string, given: unknown): boolean {
  const definition = variableDefinitions.find(({ variable }) => variable.name.value === name);
  const value = given === undefined && definition?.defaultValue ? valueFromASTUntyped(definition.defaultValue) : given;
  if (value === null)
    throw badInput({ path: `variables.${name}`, message: 'expected true or false for @defer or @stream' });
  return value !== false;
}
