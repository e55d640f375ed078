import { documents } from './client-documents.js';
import { openSockets, subscribeResuming } from './live-sockets.js';
import type { ClientOptions, StockClient, Outcome } from './stock-client.js';

/** graphql-ws for all operations. */
export function openGraphqlWs(options: ClientOptions): StockClient {
  const client = openSockets(options);
  return {
    async run(name, variables = {}) {
      for await (const { data, errors = [] } of client.iterate({ query: documents[name], variables }))
        return { data, errors: errors as unknown as Outcome['errors'] };
      throw new Error('The operation ended without a result.');
    },
    subscribe: (name, variables, onData) =>
      subscribeResuming(
        client,
        { query: documents[name], variables },
        {
          next: ({ data }) => onData(data),
          error: options.onError,
          complete: () => undefined,
        },
      ),
    close: () => void client.dispose(),
  };
}
