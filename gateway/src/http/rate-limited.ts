import type { ServerResponse } from 'node:http';
import { rejectAndClose } from '@marquee/chassis/http/connection-limits';
import type { WebSocketRoute } from '@marquee/chassis/http/websocket-server';
import type { Handler, Routes } from '@marquee/chassis/http/http-server';
import { createConcurrencyLimiter } from '@marquee/chassis/http/concurrency-limiter';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { reportUnexpected } from '@marquee/chassis/telemetry/unexpected-errors';
import { GraphQLError } from 'graphql';
import { clientAddress } from '../admission/rates/client-address.js';
import type { RateLimiter } from '../admission/rates/rate-limiter.js';
import { tooManyRequestsInFlight } from '../admission/refusals.js';
import type { GatewaySettings } from '../config.js';
import { sendRefusal } from './send-refusal.js';

export interface RateLimitOptions {
  settings: Pick<GatewaySettings, 'TRUSTED_PROXIES' | 'CONNECTIONS_PER_ADDRESS'>;
  rates: Pick<RateLimiter, 'checkAddress'>;
  log: Logger;
}

/**
 * Limits the requests of one address: their rate, and the number that are in flight, since a proxy hides connections.
 * A request over the limit gets 429 before anything of it is read.
 */
export function withRateLimit(options: RateLimitOptions, handler: Handler): Handler {
  return createRateLimit(options)(handler);
}

/** Limits several routes like one: an address has as many requests in flight over all of them. */
export function withRateLimits(options: RateLimitOptions, routes: Routes): Routes {
  const limit = createRateLimit(options);
  return Object.fromEntries(Object.entries(routes).map(([path, handler]) => [path, limit(handler)]));
}

function createRateLimit({ settings, rates }: RateLimitOptions): (handler: Handler) => Handler {
  const inFlight = createConcurrencyLimiter(settings.CONNECTIONS_PER_ADDRESS);
  return (handler) => async (request, response, scope) => {
    const address = clientAddress(request, settings.TRUSTED_PROXIES);
    const release = inFlight.acquire(address);
    if (!release) return reject(response, tooManyRequestsInFlight());
    response.once('close', release);
    try {
      await rates.checkAddress(address);
    } catch (error) {
      if (isRateLimit(error)) return reject(response, error);
      throw error;
    }
    return handler(request, response, scope);
  };
}

/** Limits the rate of WebSocket upgrades from one address. */
export function withUpgradeRateLimit(
  { settings, rates, log }: RateLimitOptions,
  upgrade: WebSocketRoute['upgrade'],
): WebSocketRoute['upgrade'] {
  return (request, socket, head) => {
    const ignoreError = () => undefined;
    // Until the upgrade nothing else listens, and an unhandled error event would end the process.
    socket.on('error', ignoreError);
    rates
      .checkAddress(clientAddress(request, settings.TRUSTED_PROXIES))
      .then(() => {
        upgrade(request, socket, head);
        socket.off('error', ignoreError);
      })
      .catch((error: unknown) => {
        if (isRateLimit(error)) return rejectAndClose(socket, '429 Too Many Requests');
        reportUnexpected(log, error, { location: 'upgrade', message: 'upgrade to a WebSocket failed' });
        rejectAndClose(socket, '500 Internal Server Error');
      });
  };
}

function isRateLimit(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.extensions['code'] === 'RATE_LIMITED';
}

function reject(response: ServerResponse, error: GraphQLError): void {
  response.setHeader('connection', 'close');
  sendRefusal(response, error);
}
