import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import { requestIdHeader } from '@marquee/chassis/telemetry/request-scope';
import type { GatewaySettings } from '../config.js';
import { developmentHeaders } from '../identity/development-identity.js';

/** Seconds for which a browser caches the result of a preflight. */
const maxAgeSeconds = 600;

const requestHeaders = [
  'authorization',
  'content-type',
  requestIdHeader,
  'traceparent',
  'tracestate',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'apollographql-client-version',
];

/**
 * Allows the pages of the configured origins to call a handler, and answers their preflight requests. Callers are
 * identified by a header and never by a cookie, so credentials are not allowed.
 */
export function withCors(settings: Pick<GatewaySettings, 'CORS_ORIGINS' | 'DEV_IDENTITY'>, handler: Handler): Handler {
  const origins = new Set(settings.CORS_ORIGINS);
  const allowed = [...requestHeaders, ...(settings.DEV_IDENTITY ? developmentHeaders : [])].join(', ');
  return (request, response, scope) => {
    response.setHeader('vary', 'origin');
    const origin = header(request, 'origin');
    if (origin !== undefined && origins.has(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', requestIdHeader);
    }
    return isPreflight(request) ? preflight(response, allowed) : handler(request, response, scope);
  };
}

function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && header(request, 'access-control-request-method') !== undefined;
}

/** Unless the origin is allowed, the browser sends no further request, whatever these headers say. */
function preflight(response: ServerResponse, allowedHeaders: string): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': String(maxAgeSeconds),
  });
  response.end();
}
