import type { IncomingMessage } from 'node:http';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { memoizeWeak } from '../caching/memoize.js';
import type { MaskError } from '../errors/mask-errors.js';
import type { FastPathResponse } from '../http/graphql-route.js';
import { answerError } from './answer-limit.js';
import { createDocumentReader } from './document-reader.js';
import { createOperationCompiler } from './execution/compiled-operations.js';
import { withNullableOutput } from './nullable-output.js';

/** Answers an operation; undefined for a request that Apollo Server has to answer. */
export type SubgraphExecutor = (
  request: IncomingMessage,
  body: unknown,
  context: object,
) => Promise<FastPathResponse | undefined>;

/**
 * Executes the operations of the gateway without the pipeline of Apollo Server, which takes longer than most of them:
 * documents are parsed, validated and compiled once, and nothing listens to the fields. Everything that is not a valid
 * operation in the form that the gateway sends is left to Apollo Server, with its errors.
 */
export function createSubgraphExecutor(schema: GraphQLSchema, maskError: MaskError): SubgraphExecutor {
  const readDocument = createDocumentReader(schema);
  const compilerOf = memoizeWeak(createOperationCompiler);
  return async (request, body, context) => {
    if (!isPlainPost(request) || !isOperation(body)) return undefined;
    const document = readDocument(body.query);
    if (!('kind' in document)) return undefined;
    const compile = compilerOf(body.onError === 'NULL' ? withNullableOutput(schema) : schema);
    const result = await compile(document, body.operationName)?.({ context, variables: body.variables ?? {} });
    return result && toAnswer(result, answerError(context), maskError);
  };
}

/** The body of a request as the gateway sends it. */
interface OperationBody {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
  onError?: unknown;
}

function isOperation(body: unknown): body is OperationBody {
  if (!isObject(body)) return false;
  const { query, operationName, variables, extensions } = body;
  return (
    typeof query === 'string' &&
    (isAbsent(operationName) || typeof operationName === 'string') &&
    (isAbsent(variables) || isObject(variables)) &&
    isAbsent(extensions)
  );
}

function isPlainPost({ method, headers }: IncomingMessage): boolean {
  const { accept = '*/*', 'content-type': type = '' } = headers;
  return (
    method === 'POST' && type.startsWith('application/json') && (accept === 'application/json' || accept === '*/*')
  );
}

/** @param cut the error of a response that passed its limit */
function toAnswer(
  { data, errors }: ExecutionResult,
  cut: GraphQLError | undefined,
  maskError: MaskError,
): FastPathResponse {
  if (!errors && !cut) return { status: 200, text: JSON.stringify({ data }) };
  const response = cut
    ? { errors: [{ message: cut.message, extensions: cut.extensions }] }
    : { errors: errors?.map((error) => maskError(formatted(error), error)), data };
  return { status: 200, headers: uncacheable, text: JSON.stringify(response) };
}

/** Responses with errors are not cached. The gateway knows how long others may be, from the hints in the schema. */
const uncacheable = new Map([['cache-control', 'no-store']]);

/** An error without a code is one of the program. */
function formatted(error: GraphQLError): GraphQLFormattedError {
  const { code = 'INTERNAL_SERVER_ERROR' } = error.extensions;
  return { ...error.toJSON(), extensions: { ...error.extensions, code } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
