import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { errorCodes, type ErrorCode } from './errors.js';

/** What a client may read beside the code; everything else that an error carries stays inside. */
const publicExtensions = [
  'fields',
  'from',
  'action',
  'validActions',
  'retryAfterSeconds',
  'service',
  'cursor',
] as const;

/** The codes of @apollo/server that mean "the request was wrong". */
const requestFaults = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** Codes of the automatic-persisted-query protocol, which clients act upon. */
const protocolCodes = new Set(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED']);

/**
 * Makes the `formatError` of an Apollo server: errors of ours pass with their public extensions,
 * faults of the request become BAD_USER_INPUT, anything unexpected is logged whole and shown as INTERNAL. Of errors that
 * are alike there is one line a second, with how many more there were.
 */
export function maskErrors(log: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const code = formatted.extensions?.['code'];
    if (isProtocolCode(code)) return { message: formatted.message, extensions: { code } };
    if (isOurs(code) && code !== 'INTERNAL') return { ...bare(formatted), extensions: visible(formatted, code) };
    if (typeof code === 'string' && requestFaults.has(code))
      return { ...bare(formatted), extensions: visible(formatted, 'BAD_USER_INPUT') };
    tell(log, formatted, error);
    return { ...bare(formatted), message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL' } };
  };
}

/** An error that another service of ours has shown as INTERNAL was told of there. */
function tell(log: Logger, { path, extensions }: GraphQLFormattedError, error: unknown): void {
  const place = (path ?? []).map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  const [err, message] = [cause(error), 'unexpected error'];
  if (isOurs(extensions?.['code']))
    logThrottled(log, { level: 'error', key: `INTERNAL ${place}`, record: { err, path }, message });
  else reportUnexpected(log, err, { place, message, record: { path } });
}

function isOurs(code: unknown): code is ErrorCode {
  return errorCodes.includes(code as ErrorCode);
}

function isProtocolCode(code: unknown): boolean {
  return typeof code === 'string' && protocolCodes.has(code);
}

function bare({ message, locations, path }: GraphQLFormattedError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }) };
}

function visible({ extensions }: GraphQLFormattedError, code: ErrorCode): Record<string, unknown> {
  const shown = publicExtensions.filter((name) => extensions?.[name] !== undefined);
  return { code, ...Object.fromEntries(shown.map((name) => [name, extensions?.[name]])) };
}

function cause(error: unknown): unknown {
  const unwrapped = unwrapResolverError(error);
  return unwrapped instanceof GraphQLError ? (unwrapped.originalError ?? unwrapped) : unwrapped;
}
