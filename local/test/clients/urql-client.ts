import { Client, fetchExchange, type OperationResult, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { documents } from './client-documents.js';
import { openSockets, subscribeResuming } from './live-sockets.js';
import { endpointsOf, type ClientOptions, type StockClient, type Outcome } from './stock-client.js';

export function openUrql(options: ClientOptions): StockClient {
  const sockets = openSockets(options);
  const client = new Client({
    url: endpointsOf(options).http,
    fetchOptions: { headers: { authorization: `Bearer ${options.accessToken}` } },
    exchanges: [
      cacheExchange({ resolvers: { Conversation: { messages: relayPagination() } } }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeResuming(
              sockets,
              { query, variables: variables as Record<string, unknown> },
              {
                next: (result) => sink.next(result),
                error: (failure) => sink.error(failure),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
  return {
    async run(name, variables = {}) {
      const text = documents[name];
      const source = text.startsWith('mutation')
        ? client.mutation(text, variables)
        : client.query(text, variables, { requestPolicy: 'network-only' });
      return outcomeOf(await source.toPromise());
    },
    watch(name, variables, onData) {
      const { unsubscribe } = client
        .query(documents[name], variables)
        .subscribe(({ data }) => data !== undefined && onData(data));
      return unsubscribe;
    },
    subscribe(name, variables, onData) {
      const { unsubscribe } = client
        .subscription(documents[name], variables)
        .subscribe(({ data, error }) => (error ? options.onError(error) : onData(data)));
      return unsubscribe;
    },
    close: () => void sockets.dispose(),
  };
}

function outcomeOf({ data, error }: OperationResult): Outcome {
  if (error?.networkError) throw error.networkError;
  const errors = error?.graphQLErrors ?? [];
  return { data, errors: errors.map(({ message, path, extensions }) => ({ message, path, extensions })) };
}
