import { type Exchange, subscriptionExchange } from '@urql/core';
import { type AdapterOptions, withoutGaps } from './adapter-sink.js';
import type { LiveClient, LiveError } from './live-client.js';

export type { AdapterOptions, LostEvents } from './adapter-sink.js';

/** An exchange for the subscriptions of urql; place it beside `fetchExchange`. */
export function createLiveExchange(client: LiveClient, options: AdapterOptions = {}): Exchange {
  return subscriptionExchange({
    forwardSubscription: ({ query = '', operationName, variables = {}, extensions }) => ({
      subscribe(observer) {
        const sink = {
          next: (result: object) => observer.next(result),
          // urql takes an array for errors of GraphQL, and anything else for a network error.
          error: (error: LiveError) => observer.error(error.errors.length > 0 ? error.errors : error),
          complete: () => observer.complete(),
        };
        const operation = { query, operationName, variables, extensions };
        return { unsubscribe: client.subscribe(operation, withoutGaps(sink, options, operation)) };
      },
    }),
  });
}
