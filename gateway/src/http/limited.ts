import type { ServerResponse } from 'node:http';
import { graphqlFailure } from '@marquee/chassis/http/json';
import type { LiveRoute } from '@marquee/chassis/http/live';
import { type Handler, refuseUpgrade } from '@marquee/chassis/http/server';
import { GraphQLError } from 'graphql';
import type { GatewaySettings } from '../config.js';
import { addressOf } from '../guard/address.js';
import type { Rates } from '../guard/rates.js';

export interface LimitedOptions {
  settings: Pick<GatewaySettings, 'TRUSTED_PROXIES'>;
  rates: Rates;
}

/** Answers no more requests of one address than it may send; the others with 429, before anything of them is read. */
export function limited({ settings, rates }: LimitedOptions, handler: Handler): Handler {
  return async (request, response) => {
    try {
      await rates.ofAddress(addressOf(request, settings.TRUSTED_PROXIES));
    } catch (failure) {
      return refuse(response, failure);
    }
    return handler(request, response);
  };
}

/** The same for sockets. */
export function limitedUpgrade(
  { settings, rates }: LimitedOptions,
  upgrade: LiveRoute['upgrade'],
): LiveRoute['upgrade'] {
  return (request, socket, head) => {
    const ignore = () => undefined;
    // Nobody else listens while the address is looked at, and an error that nobody hears would end the process.
    socket.on('error', ignore);
    rates
      .ofAddress(addressOf(request, settings.TRUSTED_PROXIES))
      .then(() => {
        upgrade(request, socket, head);
        socket.off('error', ignore);
      })
      .catch(() => refuseUpgrade(socket, '429 Too Many Requests'));
  };
}

function refuse(response: ServerResponse, failure: unknown): void {
  if (!(failure instanceof GraphQLError)) throw failure;
  const { retryAfterSeconds, code } = failure.extensions;
  response.setHeader('retry-after', String(retryAfterSeconds));
  response.setHeader('connection', 'close');
  graphqlFailure(response, 429, new GraphQLError(failure.message, { extensions: { code, retryAfterSeconds } }));
}
