import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancellation } from '../telemetry/request-scope.js';
import { header } from './http-server.js';

/**
 * The header with the milliseconds that the gateway still waits for a response. A duration instead of a time, so that
 * clocks need not agree; a service counts it from the moment at which it has read the headers.
 */
export const timeoutHeader = 'x-marquee-timeout';

/** Longest accepted timeout in milliseconds. Timers are limited to 2^31 milliseconds. */
const maxTimeoutMs = 3_600_000;

/**
 * Sets the deadline of a request from its headers, and cancels it when the deadline has passed. Invalid timeouts are
 * ignored.
 */
export function applyDeadline(request: IncomingMessage, response: ServerResponse, cancellation: Cancellation): void {
  const milliseconds = Number(header(request, timeoutHeader) ?? '');
  if (!(milliseconds > 0 && milliseconds < maxTimeoutMs)) return;
  cancellation.deadlineAt = performance.now() + milliseconds;
  const timer = setTimeout(() => cancellation.cancel(), milliseconds);
  response.once('close', () => {
    clearTimeout(timer);
    // Work that goes on after the response has no deadline.
    cancellation.deadlineAt = Infinity;
  });
}
