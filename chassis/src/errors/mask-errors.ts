import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { type StoreError, storeErrorOf } from './store-error.js';
import { errorCodes, type ErrorCode } from './errors.js';

/** The extensions that clients receive in addition to the code. All others are removed. */
const publicExtensions = [
  'fields',
  'requires',
  'from',
  'action',
  'validActions',
  'retryAfterSeconds',
  'service',
  'cursor',
  'gap',
] as const;

/** The codes of @apollo/server for invalid requests. */
const invalidRequestCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** Codes of the automatic persisted query protocol, which clients handle. */
const protocolCodes = new Set(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED']);

/** Removes internal details from an error before it is sent to a client. */
export type MaskError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * Creates the `formatError` of an Apollo Server. Errors with one of our codes keep their public extensions, invalid
 * requests become BAD_USER_INPUT, and every other error is logged in full and shown as INTERNAL. Identical errors are
 * logged once a second, with their number.
 *
 * @param isPublic whether an error with a code that is not ours may be shown, as it is. Default: none.
 */
export function maskErrors(
  log: Logger,
  isPublic: (code: string, formatted: GraphQLFormattedError) => boolean = () => false,
): MaskError {
  return (formatted, error) => {
    const code = formatted.extensions?.['code'];
    if (isProtocolCode(code)) return { message: formatted.message, extensions: { code } };
    if (isErrorCode(code) && code !== 'INTERNAL') return { ...bare(formatted), extensions: visible(formatted, code) };
    if (typeof code === 'string' && invalidRequestCodes.has(code))
      return { ...bare(formatted), extensions: visible(formatted, 'BAD_USER_INPUT') };
    if (typeof code === 'string' && !isErrorCode(code) && isPublic(code, formatted))
      return { ...bare(formatted), extensions: visible(formatted, code) };
    const lost = storeErrorOf(cause(error));
    if (lost) return storeFailed(log, formatted, lost);
    logUnexpected(log, formatted, error);
    return { ...bare(formatted), message: 'An internal error occurred.', extensions: { code: 'INTERNAL' } };
  };
}

/** A store that does not answer in time is logged, but is not an error of the program, so it is not reported as one. */
function storeFailed(log: Logger, formatted: GraphQLFormattedError, failure: StoreError): GraphQLFormattedError {
  const { kind, message, cause: err } = failure;
  if (kind !== 'deadline')
    logThrottled(log, { level: 'warn', key: `store ${kind}`, record: { err, kind }, message: 'a store failed' });
  return { ...bare(formatted), message, extensions: { code: 'UPSTREAM_UNAVAILABLE' satisfies ErrorCode } };
}

/** An error that another of our services masked as INTERNAL was already reported there. */
function logUnexpected(log: Logger, { path, extensions }: GraphQLFormattedError, error: unknown): void {
  const location = (path ?? []).map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  const [err, message] = [cause(error), 'unexpected error'];
  if (isErrorCode(extensions?.['code']))
    logThrottled(log, { level: 'error', key: `INTERNAL ${location}`, record: { err, path }, message });
  else reportUnexpected(log, err, { location, message, record: { path } });
}

function isErrorCode(code: unknown): code is ErrorCode {
  return errorCodes.includes(code as ErrorCode);
}

function isProtocolCode(code: unknown): boolean {
  return typeof code === 'string' && protocolCodes.has(code);
}

function bare({ message, locations, path }: GraphQLFormattedError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }) };
}

function visible({ extensions }: GraphQLFormattedError, code: string): Record<string, unknown> {
  const shown = publicExtensions.filter((name) => extensions?.[name] !== undefined);
  return { code, ...Object.fromEntries(shown.map((name) => [name, extensions?.[name]])) };
}

function cause(error: unknown): unknown {
  const unwrapped = unwrapResolverError(error);
  return unwrapped instanceof GraphQLError ? (unwrapped.originalError ?? unwrapped) : unwrapped;
}
