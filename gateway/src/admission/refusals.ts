/**
 * Every refusal of the gateway: its code, its message, and how each transport reports it. Over HTTP and server-sent
 * events it is a response with the status below and one GraphQL error; over a WebSocket it is a GraphQL error of the
 * operation, or, where the connection itself is refused, one of the close codes below.
 */
import { HeaderMap } from '@apollo/server';
import { badInput, forbidden, rateLimited } from '@marquee/chassis/errors/errors';
import { observedValue, type ObservedValue } from '@marquee/chassis/telemetry/instruments';
import { type DocumentNode, GraphQLError } from 'graphql';
import { operationsOf } from '../engine/document-definitions.js';
import type { Denial } from '../engine/operation-context.js';
import { type RefusalExtensions, withHttp } from './refusal-extensions.js';

/** A request that is not run. */
export interface Refusal {
  errors: readonly GraphQLError[];
  /** HTTP status and headers of the response. */
  status: number;
  headers: Map<string, string>;
}

/** HTTP statuses by error code. Clients of automatic persisted queries expect 200 when they have to send the document. */
const statuses: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  UPSTREAM_UNAVAILABLE: 503,
  PERSISTED_QUERY_NOT_FOUND: 200,
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
};

/** Close codes of a WebSocket whose connection is refused or may not go on. */
export const closeCodes = {
  /** The role or the scopes of the caller have changed: clients reconnect at once (1012 is "Service Restart"). */
  rightsChanged: 1012,
  /** The caller is no longer valid, and a new token does not help: the user is deactivated. */
  callerInvalid: 4401,
  /** The token is refused, or has expired. */
  tokenRefused: 4403,
  /** The caller could not be verified, for an unexpected reason: clients try again later. */
  unverified: 1013,
} as const;

/** @param errors at least one; the first decides on the status */
export function refusalOf(errors: readonly GraphQLError[]): Refusal {
  const { code, http, retryAfterSeconds } = (errors[0]?.extensions ?? {}) as RefusalExtensions;
  const headers = new HeaderMap([['cache-control', 'no-store'], ...(http?.headers ?? [])]);
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  return { errors, status: http?.status ?? statuses[code ?? ''] ?? 500, headers };
}

/** Counts a refused request by the code of its first error. */
export function countRefusal([first]: readonly GraphQLError[]): void {
  if (first) refusals(String(first.extensions['code'])).value += 1;
}

// Both exist from the start, so that a chart shows zero and not a gap.
refusals('BAD_USER_INPUT');
refusals('FORBIDDEN');

function refusals(code: string): ObservedValue {
  return observedValue('marquee.guard.refusals', { code });
}

/* The parameters of a request. */

export function malformedParams(path: string, message: string): GraphQLError {
  return badInput({ path, message });
}

/** @param status of HTTP: 400, 413 or 415 */
export function bodyRefused(status: number, message: string): GraphQLError {
  return withHttp(badInput({ path: 'body', message }), status);
}

export function contentTypeRefused(): GraphQLError {
  return withHttp(badInput({ path: 'content-type', message: 'expected application/json' }), 415);
}

export function documentMissing(): GraphQLError {
  return badInput({ path: 'query', message: 'expected a GraphQL document, or the hash of a persisted one' });
}

export function persistedQueryMalformed(): GraphQLError {
  const message = 'expected { version: 1, sha256Hash } with a SHA-256 in lower-case hex';
  return badInput({ path: 'extensions.persistedQuery', message });
}

export function documentIdMalformed(): GraphQLError {
  const message = 'expected "sha256:" and a SHA-256 in lower-case hex, without extensions.persistedQuery';
  return badInput({ path: 'documentId', message });
}

export function hashMismatch(): GraphQLError {
  return badInput({ path: 'extensions.persistedQuery.sha256Hash', message: 'expected the SHA-256 of the query' });
}

/** The messages of both are those of the protocol of automatic persisted queries. */
export function persistedQueryNotFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
}

export function persistedQueryNotSupported(): GraphQLError {
  return new GraphQLError('PersistedQueryNotSupported', { extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } });
}

export function untrustedDocument(): GraphQLError {
  return forbidden('This gateway runs trusted documents only, and this document is not one of them.');
}

/* The document. */

export function fragmentCycle(fragment: string): GraphQLError {
  return badInput({ path: 'query', message: `the fragment "${fragment}" contains itself` });
}

/** @param unit the limited elements, in the plural */
export function sizeLimitExceeded(unit: string, limit: number, actual: number): GraphQLError {
  return badInput({ path: 'query', message: `an operation may have at most ${limit} ${unit}; this one has ${actual}` });
}

export function documentTooLong(limit: number): GraphQLError {
  return badInput({ path: 'query', message: `a document may have at most ${limit} characters` });
}

export function tooManyOverlaps(limit: number): GraphQLError {
  const message = `the same fields are selected too often: at most ${limit} pairs of fields may share a response name`;
  return badInput({ path: 'query', message });
}

export function slicingArgumentRequired(field: string, argumentNames: readonly string[]): GraphQLError {
  return badInput({ path: 'query', message: `"${field}" needs exactly one argument of: ${argumentNames.join(', ')}` });
}

export function costLimitExceeded(limit: number, cost: number): GraphQLError {
  const message = `an operation may cost at most ${limit}; this one may cost ${cost}: select shorter lists`;
  return badInput({ path: 'query', message });
}

export function responseLimitExceeded(limit: number, bytes: number): GraphQLError {
  const message = `a response may have at most ${limit} bytes; this one may have ${bytes}: select shorter lists or fewer texts`;
  return badInput({ path: 'query', message });
}

export function fetchLimitExceeded(limit: number, fetches: number): GraphQLError {
  return badInput({
    path: 'query',
    message: `an operation may take at most ${limit} fetches; this one takes at least ${fetches}`,
  });
}

/* The operation. */

export function operationUnknown(document: DocumentNode, name: string | undefined): GraphQLError {
  const message =
    name === undefined
      ? `expected the name of one of the ${operationsOf(document).length} operations in the document`
      : `the document has no operation named "${name}"`;
  return badInput({ path: 'operationName', message });
}

export function mutationOverGet(): GraphQLError {
  const error = badInput({ path: 'query', message: 'a mutation must be sent by POST; GET carries queries only' });
  return withHttp(error, 405, [['allow', 'POST']]);
}

export function subscriptionOverHttp(): GraphQLError {
  const message = 'a subscription needs graphql-transport-ws, or a POST accepting text/event-stream or multipart/mixed';
  return badInput({ path: 'query', message });
}

export function eventStreamUnavailable(): GraphQLError {
  return withHttp(badInput({ path: 'accept', message: 'expected JSON: there are no event streams at this path' }), 406);
}

export function conditionalSubscription(directive: string): GraphQLError {
  return badInput({ path: 'query', message: `the field of a subscription must not have @${directive}` });
}

/* Access of the caller. */

export function introspectionDenied(scope: string): GraphQLError {
  return forbidden(`Introspection needs the scope ${scope}.`);
}

export function outsideContract(): GraphQLError {
  return forbidden('The document selects something outside the partner schema, which is served at /partner/graphql.');
}

export function fieldDenied({ code, message, requires }: Denial): GraphQLError {
  return new GraphQLError(message, { extensions: { code, requires } });
}

/* Request rates. */

/** @param by the limited client: `address` or `caller` */
export function rateLimitExceeded(by: string, retryAfterSeconds: number): GraphQLError {
  return retryable(`Too many requests from one ${by}.`, retryAfterSeconds);
}

export function tooManyRequestsInFlight(): GraphQLError {
  return retryable('Too many requests from one address at the same time.', 1);
}

export function tooMuchWorkInFlight(by: string): GraphQLError {
  return retryable(`Too much work of one ${by} at the same time.`, 1);
}

function retryable(message: string, seconds: number): GraphQLError {
  return withHttp(rateLimited(message, seconds), 429, [['retry-after', String(seconds)]]);
}
