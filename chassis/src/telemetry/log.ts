import { trace } from '@opentelemetry/api';
import { pino, type Logger } from 'pino';
import { currentRequest } from './request.js';

export type { Logger } from 'pino';

/**
 * JSON lines on stdout. Each line of a request carries its `requestId`, and its `traceId` when there is one.
 * Tokens, emails and message bodies are replaced wherever these names appear in the first two levels of a record.
 */
export function openLog(service: string, version: string, level: string): Logger {
  return pino({
    level,
    base: { service, version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    mixin: requestIds,
  });
}

/** Names that hold what no log may show. */
const secretNames = [
  'authorization',
  'token',
  'email',
  'body',
  'variables',
  'password',
  'secret',
  'cookie',
];

function requestIds(): object {
  const requestId = currentRequest()?.id;
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return { ...(requestId && { requestId }), ...(traceId && { traceId }) };
}
