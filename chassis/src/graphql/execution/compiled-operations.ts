import {
  type DocumentNode,
  type ExecutionResult,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  visit,
} from 'graphql';
import { getOrCreate } from '../../caching/memoize.js';
import { Compilation, operationSource } from './compilation.js';
import { executeFields, executeSerially, type FieldPlans } from './execute-fields.js';
import { OperationRun, type OperationSource } from './operation-run.js';

/** The input of one execution. */
export interface OperationInput {
  context: object;
  variables: Readonly<Record<string, unknown>>;
}

/** Executes an operation. Undefined, before anything is executed, if its variables are invalid. */
export type CompiledOperation = (input: OperationInput) => Promise<ExecutionResult> | undefined;

/** Finds the operation of this name in a document, which must be valid. Undefined if it is not executed once. */
export type CompileOperation = (
  document: DocumentNode,
  operationName: string | null | undefined,
) => CompiledOperation | undefined;

/**
 * Executes queries and mutations with the results of graphql-js, in about half of its time: what depends on the document
 * and the schema only is done once for each document. For the resolvers it makes no difference.
 */
export function createOperationCompiler(schema: GraphQLSchema): CompileOperation {
  const compiled = new WeakMap<DocumentNode, Map<string | null, CompiledOperation>>();
  return (document, operationName = null) => {
    const operations = getOrCreate(compiled, document, () => new Map<string | null, CompiledOperation>());
    const known = operations.get(operationName);
    if (known) return known;
    const operation = compileOperation(schema, document, operationName);
    // Only names that exist, so that their number is limited by the document.
    if (operation) operations.set(operationName, operation);
    return operation;
  };
}

/** Maximum number of compiled variants of an operation, by the values of the variables in its `@skip` and `@include`. */
const maxVariants = 4;

function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): CompiledOperation | undefined {
  const source = operationSource(schema, document, operationName);
  if (!source || hasUnsafeName(document)) return undefined;
  const conditions = conditionVariables(document);
  const variants = new Map<string, FieldPlans>();
  return ({ context, variables: inputs }) => {
    const { coerced } = getVariableValues(schema, source.operation.variableDefinitions ?? [], inputs, { maxErrors: 1 });
    if (!coerced) return undefined;
    const key = conditions.map((name) => String(coerced[name])).join();
    if (variants.size >= maxVariants && !variants.has(key)) variants.delete([...variants.keys()][0] ?? '');
    // Without the other variables, which would be kept as long as the document.
    const compile = () => new Compilation(source, valuesOf(conditions, coerced)).rootFields();
    return execute(source, () => getOrCreate(variants, key, compile), new OperationRun(source, context, coerced));
  };
}

function valuesOf(names: readonly string[], variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = names.filter((name) => Object.hasOwn(variables, name));
  return Object.fromEntries(given.map((name) => [name, variables[name]]));
}

/** @param fieldsOf throws for a variable of `@skip` or `@include` that is null, which fails the operation */
async function execute(
  { operation }: OperationSource,
  fieldsOf: () => FieldPlans,
  run: OperationRun,
): Promise<ExecutionResult> {
  let data: Record<string, unknown> | null;
  try {
    const fields = fieldsOf();
    data = await (operation.operation === OperationTypeNode.MUTATION
      ? executeSerially(run, fields)
      : executeFields(run, fields, undefined, undefined));
  } catch (error) {
    run.addError(error as GraphQLError, undefined);
    data = null;
  }
  return run.errors.length > 0 ? { errors: run.errors, data } : { data };
}

/** The variables of all `@skip` and `@include` of a document. */
function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      if (node.name.value !== 'skip' && node.name.value !== 'include') return;
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Responses are plain objects, in which this response name has another meaning. */
function hasUnsafeName(document: DocumentNode): boolean {
  let isUnsafe = false;
  visit(document, {
    Field({ name, alias = name }) {
      isUnsafe ||= alias.value === '__proto__';
    },
  });
  return isUnsafe;
}
