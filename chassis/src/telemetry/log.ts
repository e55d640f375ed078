import { pino, type Logger } from 'pino';
import { currentRequest } from './request-scope.js';
import { currentTraceId } from './tracing.js';

export type { Logger } from 'pino';

/** Names that hold what no log may show. */
const secretNames = ['authorization', 'token', 'email', 'body', 'variables', 'password', 'secret', 'cookie'];

/**
 * JSON lines on stdout. Each line of a request carries its `requestId`, and its `traceId` when there is one.
 * Tokens, emails and message bodies are replaced wherever their names appear in the first three levels of a record;
 * of an error only its type, code, message and stack are told, since drivers put the offending row into the rest.
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
