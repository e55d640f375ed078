import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejectAndClose } from '@marquee/chassis/http/connection-limits';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import type { WebSocketRoute } from '@marquee/chassis/http/websocket-server';
import { requestIdHeader } from '@marquee/chassis/telemetry/request-scope';
import type { GatewaySettings } from '../config.js';
import { clientNameHeaders } from '../admission/client-name.js';
import { developmentHeaders } from '../identity/development-identity.js';

/** Seconds for which a browser caches the result of a preflight. */
const maxAgeSeconds = 600;

const requestHeaders = [
  'authorization',
  'content-type',
  'last-event-id',
  requestIdHeader,
  'traceparent',
  'tracestate',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  ...clientNameHeaders,
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

/**
 * Refuses WebSockets of pages whose origin is not allowed, since browsers do not apply CORS to them. Pages of the gateway
 * itself are allowed, and so are clients other than browsers, which send no origin.
 */
export function withOriginCheck(
  { CORS_ORIGINS }: Pick<GatewaySettings, 'CORS_ORIGINS'>,
  upgrade: WebSocketRoute['upgrade'],
): WebSocketRoute['upgrade'] {
  const origins = new Set(CORS_ORIGINS);
  return (request, socket, head) => {
    const origin = header(request, 'origin');
    if (origin === undefined || origins.has(origin) || isOwnOrigin(origin, request)) upgrade(request, socket, head);
    else rejectAndClose(socket, '403 Forbidden');
  };
}

function isOwnOrigin(origin: string, request: IncomingMessage): boolean {
  return URL.canParse(origin) && new URL(origin).host === header(request, 'host')?.toLowerCase();
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
