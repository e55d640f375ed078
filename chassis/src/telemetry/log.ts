import { pino, type Logger } from 'pino';
import { currentRequest } from './request-scope.js';
import { currentTraceId } from './tracing.js';

export type { Logger } from 'pino';

/** Names of fields that are never logged. */
const secretNames = ['authorization', 'token', 'email', 'body', 'variables', 'password', 'secret', 'cookie'];

/**
 * Logs JSON lines to stdout. Each line of a request has its `requestId`, and its `traceId` if there is one. Fields with the
 * names of tokens, emails and message bodies are redacted in the first three levels of a record. Only the type, code,
 * message, stack and cause of an error are logged, since drivers put the offending row into further properties.
 */
export function openLog(service: string, version: string, level: string): Logger {
  return pino({
    level,
    base: { service, version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    mixin: requestIds,
  });
}

function requestIds(): object {
  const requestId = currentRequest()?.id;
  const traceId = currentTraceId();
  return { ...(requestId && { requestId }), ...(traceId && { traceId }) };
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    stack,
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
