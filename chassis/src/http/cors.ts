import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdHeader } from '../telemetry/request-scope.js';
import { type Handler, header } from './http-server.js';

/** Whether the pages of an origin may send a request. */
export type IsAllowedOrigin = (origin: string, request: IncomingMessage) => boolean;

export interface CorsOptions {
  isAllowedOrigin: IsAllowedOrigin;
  /** Headers that pages may send, in addition to those of tracing and those that need no permission. */
  headers: readonly string[];
}

/** Seconds for which a browser caches the result of a preflight. */
const maxAgeSeconds = 600;

/** Headers with which the usual tools for traces and errors mark the requests of a page. */
const tracingHeaders = [
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'b3', 'uber-trace-id', 'newrelic'],
  ...['elastic-apm-traceparent', 'x-amzn-trace-id', 'x-cloud-trace-context', requestIdHeader],
];

/** Tools that send several headers with a prefix. */
const tracingHeader = /^x-(?:datadog|b3)-[\w-]+$/;

/** Headers of a response that pages may read. */
const exposedHeaders = `${requestIdHeader}, retry-after`;

/**
 * Allows pages of other origins to call a handler, and answers their preflight requests. Callers are identified by a
 * header and never by a cookie, so credentials are not allowed.
 */
export function withCors({ isAllowedOrigin, headers }: CorsOptions, handler: Handler): Handler {
  // A media type with a quoted parameter makes `accept` a header that needs permission.
  const allowed = ['accept', 'authorization', 'content-type', ...headers, ...tracingHeaders].join(', ');
  return (request, response, scope) => {
    response.setHeader('vary', 'origin');
    const origin = header(request, 'origin');
    if (origin !== undefined && isAllowedOrigin(origin, request)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', exposedHeaders);
    }
    const isPreflight = request.method === 'OPTIONS' && header(request, 'access-control-request-method') !== undefined;
    return isPreflight ? answerPreflight(request, response, allowed) : handler(request, response, scope);
  };
}

/** @param isDevelopment whether the pages of this machine, at any port, are allowed too */
export function allowOrigins(origins: readonly string[], isDevelopment: boolean): IsAllowedOrigin {
  const known = new Set(origins);
  return (origin) => known.has(origin) || (isDevelopment && isLocal(origin));
}

/** Whether an origin is a page on this machine. Browsers resolve all names below `localhost` to it. */
function isLocal(origin: string): boolean {
  return /^https?:\/\/(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(origin);
}

/** Unless the origin is allowed, the browser sends no further request, whatever these headers say. */
function answerPreflight(request: IncomingMessage, response: ServerResponse, allowed: string): void {
  const requested = (header(request, 'access-control-request-headers') ?? '').toLowerCase().split(',');
  const tracing = requested.map((name) => name.trim()).filter((name) => tracingHeader.test(name));
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': [allowed, ...tracing].join(', '),
    'access-control-max-age': String(maxAgeSeconds),
  });
  response.end();
}
