import type { ServerResponse } from 'node:http';
import { rateLimited } from '@marquee/chassis/errors/errors';
import { answerAndCut } from '@marquee/chassis/http/connections';
import { graphqlFailure } from '@marquee/chassis/http/json';
import type { LiveRoute } from '@marquee/chassis/http/live';
import type { Handler } from '@marquee/chassis/http/server';
import { createTally } from '@marquee/chassis/http/tally';
import { GraphQLError } from 'graphql';
import type { GatewaySettings } from '../config.js';
import { clientAddress } from '../admission/rates/client-address.js';
import type { RateLimiter } from '../admission/rates/rate-limiter.js';

export interface RateLimitOptions {
  settings: Pick<GatewaySettings, 'TRUSTED_PROXIES' | 'CONNECTIONS_PER_ADDRESS'>;
  rates: RateLimiter;
}

/**
 * Answers no more requests of one address than it may send, nor than it may have connections, which proxies hide; the
 * others with 429, before anything of them is read.
 */
export function withRateLimit({ settings, rates }: RateLimitOptions, handler: Handler): Handler {
  const answering = createTally(settings.CONNECTIONS_PER_ADDRESS);
  return async (request, response, scope) => {
    const address = clientAddress(request, settings.TRUSTED_PROXIES);
    const leave = answering.enter(address);
    if (!leave) return refuse(response, rateLimited('Too many requests of one address at the same time.', 1));
    response.once('close', leave);
    try {
      await rates.checkAddress(address);
    } catch (failure) {
      return refuse(response, failure);
    }
    return handler(request, response, scope);
  };
}

/** The same for sockets. */
export function withUpgradeRateLimit(
  { settings, rates }: RateLimitOptions,
  upgrade: LiveRoute['upgrade'],
): LiveRoute['upgrade'] {
  return (request, socket, head) => {
    const ignore = () => undefined;
    // Nobody else listens while the address is looked at, and an error that nobody hears would end the process.
    socket.on('error', ignore);
    rates
      .checkAddress(clientAddress(request, settings.TRUSTED_PROXIES))
      .then(() => {
        upgrade(request, socket, head);
        socket.off('error', ignore);
      })
      .catch(() => answerAndCut(socket, '429 Too Many Requests'));
  };
}

function refuse(response: ServerResponse, failure: unknown): void {
  if (!(failure instanceof GraphQLError)) throw failure;
  const { retryAfterSeconds, code } = failure.extensions;
  response.setHeader('retry-after', String(retryAfterSeconds));
  response.setHeader('connection', 'close');
  graphqlFailure(response, 429, new GraphQLError(failure.message, { extensions: { code, retryAfterSeconds } }));
}
