import type { GraphQLError } from 'graphql';
import type { ErrorBehavior } from '../engine/operation-context.js';
import { documentMissing, malformedParams } from './refusals.js';

/** The parameters of one GraphQL request, as every transport carries them. */
export interface OperationParams {
  query?: string | null | undefined;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
  /** The hash of a persisted document, as in the appendix "Persisted Documents" of GraphQL over HTTP. */
  documentId?: unknown;
  /** The effect of an error on the response: `NULL`, `PROPAGATE` or `HALT`. */
  onError?: unknown;
}

/**
 * Reads the parameters from a decoded JSON body. Unknown members are ignored.
 * @returns a refusal if the body or a parameter has the wrong type
 */
export function parseParams(body: unknown): OperationParams | GraphQLError {
  if (!isObject(body)) return malformedParams('body', 'expected one JSON object with a "query"');
  const { query, operationName, variables, extensions, documentId } = body;
  if (query === undefined && extensions === undefined && documentId === undefined) return documentMissing();
  if (!isTextOrAbsent(query)) return malformedParams('query', 'expected a string');
  if (!isTextOrAbsent(operationName)) return malformedParams('operationName', 'expected a string or null');
  if (!isObjectOrAbsent(variables)) return malformedParams('variables', 'expected an object or null');
  if (!isObjectOrAbsent(extensions)) return malformedParams('extensions', 'expected an object or null');
  return body;
}

/**
 * Reads `onError`.
 * @returns undefined for the default, `PROPAGATE`; a refusal if the value is unknown
 */
export function errorBehaviorIn({ onError }: OperationParams): ErrorBehavior | GraphQLError | undefined {
  if (onError === undefined || onError === null || onError === 'PROPAGATE') return undefined;
  if (onError === 'NULL' || onError === 'HALT') return onError;
  return malformedParams('onError', 'expected "NULL", "PROPAGATE" or "HALT"');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || value === undefined || value === null;
}

function isObjectOrAbsent(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || isObject(value);
}
