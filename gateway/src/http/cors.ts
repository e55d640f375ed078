import type { IncomingMessage } from 'node:http';
import { rejectAndClose } from '@marquee/chassis/http/connection-limits';
import { allowOrigins, type CorsOptions, type IsAllowedOrigin } from '@marquee/chassis/http/cors';
import { header } from '@marquee/chassis/http/http-server';
import type { WebSocketRoute } from '@marquee/chassis/http/websocket-server';
import type { GatewaySettings } from '../config.js';
import { clientNameHeaders } from '../admission/client-name.js';
import { developmentHeaders } from '../identity/development-identity.js';

const requestHeaders = ['last-event-id', 'apollo-require-preflight', 'x-apollo-operation-name', ...clientNameHeaders];

type OriginSettings = Pick<GatewaySettings, 'NODE_ENV' | 'CORS_ORIGINS'>;

/** The origins whose pages may call the gateway, and the headers that they may send. */
export function corsOptions(settings: OriginSettings & Pick<GatewaySettings, 'DEV_IDENTITY'>): CorsOptions {
  return {
    isAllowedOrigin: allowedOrigins(settings),
    headers: [...requestHeaders, ...(settings.DEV_IDENTITY ? developmentHeaders : [])],
  };
}

/** The configured origins; during development also every page on this machine. */
export function allowedOrigins({ NODE_ENV, CORS_ORIGINS }: OriginSettings): IsAllowedOrigin {
  return allowOrigins(CORS_ORIGINS, NODE_ENV !== 'production');
}

/**
 * Refuses WebSockets of pages whose origin is not allowed, since browsers do not apply CORS to them. Pages of the gateway
 * itself are allowed, and so are clients other than browsers, which send no origin.
 */
export function withOriginCheck(
  settings: OriginSettings,
  upgrade: WebSocketRoute['upgrade'],
): WebSocketRoute['upgrade'] {
  const isAllowedOrigin = allowedOrigins(settings);
  return (request, socket, head) => {
    const origin = header(request, 'origin');
    if (origin === undefined || isAllowedOrigin(origin, request) || isOwnOrigin(origin, request))
      upgrade(request, socket, head);
    else rejectAndClose(socket, '403 Forbidden');
  };
}

/** Whether a page of the gateway itself sends the request. */
export function isOwnOrigin(origin: string, request: IncomingMessage): boolean {
  return URL.canParse(origin) && new URL(origin).host === header(request, 'host')?.toLowerCase();
}
