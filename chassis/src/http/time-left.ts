import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Leaving } from '../telemetry/request.js';
import { header } from './server.js';

/**
 * Says how many milliseconds the gateway still waits for an answer. It is a span and no point in time, so that clocks
 * need not agree. A service counts it from the moment when it has read the headers.
 */
export const timeLeftHeader = 'x-marquee-time-left';

/** Has its caller leave a request when the time that its headers give is over. What is not a number does not count. */
export function keepTimeLeft(request: IncomingMessage, response: ServerResponse, leaving: Leaving): void {
  const milliseconds = Number(header(request, timeLeftHeader) ?? '');
  if (!(milliseconds > 0 && milliseconds < longest)) return;
  const timer = setTimeout(() => leaving.leave(), milliseconds);
  response.once('close', () => clearTimeout(timer));
}

/** Milliseconds; a timer cannot be set to more than 2^31. */
const longest = 3_600_000;
