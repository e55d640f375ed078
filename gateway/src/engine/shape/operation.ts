import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { fragmentsOf } from '../definitions.js';
import type { Naming } from '../naming.js';

/** Why a caller may not have a field. */
export type Refusal = 'UNAUTHENTICATED' | 'FORBIDDEN';

/** The fields of a document that a caller may not have. */
export type Refused = ReadonlyMap<FieldNode, Refusal>;

/** One operation of a document, as the client sees it. */
export interface ShapedOperation {
  /** What clients see. */
  schema: GraphQLSchema;
  definition: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  refused: Refused;
  naming: Naming;
  /** The variables that `@skip` and `@include` go by. */
  conditions: readonly string[];
  /** The values that variables have when they are left out. */
  defaults: ReadonlyMap<string, unknown>;
}

/** @throws Error when the document has no such operation */
export function shapedOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  { refused, naming }: Pick<ShapedOperation, 'refused' | 'naming'>,
): ShapedOperation {
  const definition = getOperationAST(document, operationName);
  if (!definition) throw new GraphQLError('There is no operation of this name.');
  return {
    schema,
    definition,
    fragments: fragmentsOf(document),
    refused,
    naming,
    conditions: conditionsOf(document),
    defaults: defaultsOf(definition),
  };
}

/** What a condition's variable says. @throws GraphQLError when it says neither */
export function decide(
  { defaults }: Pick<ShapedOperation, 'defaults'>,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const value = given === undefined ? defaults.get(name) : given;
  if (typeof value === 'boolean') return value;
  throw new GraphQLError(`Variable "$${name}" decides over a field and is neither true nor false.`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/** Tells whether a selection is left out, with these values of the conditions' variables. */
export function isLeftOut(
  { directives = [] }: Pick<SelectionNode, 'directives'>,
  values: ReadonlyMap<string, boolean>,
): boolean {
  return directives.some((directive) => {
    if (directive.name.value === 'skip') return said(directive, values) === true;
    return directive.name.value === 'include' && said(directive, values) === false;
  });
}

function said({ arguments: [condition] = [] }: DirectiveNode, values: ReadonlyMap<string, boolean>) {
  if (condition?.value.kind === Kind.BOOLEAN) return condition.value.value;
  return condition?.value.kind === Kind.VARIABLE ? values.get(condition.value.name.value) : undefined;
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Map<string, unknown> {
  const defaults = new Map<string, unknown>();
  for (const { variable, defaultValue } of variableDefinitions)
    if (defaultValue) defaults.set(variable.name.value, valueFromASTUntyped(defaultValue));
  return defaults;
}

function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: [condition] = [] }) {
      if (!['skip', 'include'].includes(name.value) || condition?.value.kind !== Kind.VARIABLE) return;
      names.add(condition.value.name.value);
    },
  });
  return [...names];
}
