import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { fragmentsOf } from '../document-definitions.js';
import type { DeniedFields } from '../operation-context.js';

/** The aliases under which fields are requested from subgraphs. */
export interface FieldAliases {
  /** @param parent the type that the field is selected on */
  aliasFor(node: FieldNode, parent: GraphQLCompositeType | null | undefined): string;
}

/** One operation of a client's document, with everything that determines its response. */
export interface ClientOperation {
  /** The API schema. */
  schema: GraphQLSchema;
  definition: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  denied: DeniedFields;
  aliases: FieldAliases;
  /** The variables of `@skip` and `@include`. */
  conditions: readonly string[];
  /** Default values of variables. */
  defaults: ReadonlyMap<string, unknown>;
}

/** @throws GraphQLError when the document has no operation of this name */
export function createClientOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  { denied, aliases }: Pick<ClientOperation, 'denied' | 'aliases'>,
): ClientOperation {
  const definition = getOperationAST(document, operationName);
  if (!definition) throw new GraphQLError('The document has no operation of this name.');
  return {
    schema,
    definition,
    fragments: fragmentsOf(document),
    denied,
    aliases,
    conditions: conditionsOf(document),
    defaults: defaultsOf(definition),
  };
}

/** The value of a variable of `@skip` or `@include`. @throws GraphQLError when it is not a boolean */
export function evaluateCondition(
  { defaults }: Pick<ClientOperation, 'defaults'>,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const value = given === undefined ? defaults.get(name) : given;
  if (typeof value === 'boolean') return value;
  throw new GraphQLError(`Variable "$${name}" of @skip or @include must be true or false.`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/** Whether `@skip` or `@include` excludes a selection. @param values of the variables of conditions */
export function isExcluded(
  { directives = [] }: Pick<SelectionNode, 'directives'>,
  values: ReadonlyMap<string, boolean>,
): boolean {
  return directives.some((directive) => {
    if (directive.name.value === 'skip') return conditionValue(directive, values) === true;
    return directive.name.value === 'include' && conditionValue(directive, values) === false;
  });
}

function conditionValue({ arguments: [condition] = [] }: DirectiveNode, values: ReadonlyMap<string, boolean>) {
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
