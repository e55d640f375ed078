import { createClient, type RequestParams } from 'graphql-sse';
import { documents } from './client-documents.js';
import { resumeAfter } from './live-sockets.js';
import { endpointsOf, type ClientOptions, type StockClient, type Outcome, retryMs } from './stock-client.js';

/** graphql-sse for all operations, in its mode of one connection for each. */
export function openGraphqlSse(options: ClientOptions): StockClient {
  const client = createClient({
    url: endpointsOf(options).http,
    headers: async () => ({ authorization: `Bearer ${await options.renew()}` }),
    retryAttempts: Infinity,
    retry: () => new Promise((resolve) => setTimeout(resolve, retryMs)),
  });
  return {
    async run(name, variables = {}) {
      for await (const { data, errors = [] } of client.iterate(request(name, variables)))
        return { data, errors: errors as unknown as Outcome['errors'] };
      throw new Error('The operation ended without a result.');
    },
    subscribe(name, variables, onData) {
      const sent = { ...variables };
      return client.subscribe(request(name, sent), {
        next(result) {
          resumeAfter(sent, result);
          onData(result.data);
        },
        error: options.onError,
        complete: () => undefined,
      });
    },
    close: () => client.dispose(),
  };
}

function request(name: keyof typeof documents, variables: Record<string, unknown>): RequestParams {
  return { query: documents[name], variables };
}
