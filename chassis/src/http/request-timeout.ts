import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancellation } from '../telemetry/request-scope.js';
import { header } from './http-server.js';

/**
 * Says how many milliseconds the gateway still waits for an answer. It is a span and no point in time, so that clocks
 * need not agree. A service counts it from the moment when it has read the headers.
 */
export const timeoutHeader = 'x-marquee-timeout';

/** Has its caller leave a request when the time that its headers give is over. What is not a number does not count. */
export function applyDeadline(request: IncomingMessage, response: ServerResponse, leaving: Cancellation): void {
  const milliseconds = Number(header(request, timeoutHeader) ?? '');
  if (!(milliseconds > 0 && milliseconds < longest)) return;
  const timer = setTimeout(() => leaving.cancel(), milliseconds);
  response.once('close', () => clearTimeout(timer));
}

/** Milliseconds; a timer cannot be set to more than 2^31. */
const longest = 3_600_000;
