import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode, print } from 'graphql';
import { documents } from './client-documents.js';
import { openSockets, subscribeResuming } from './live-sockets.js';
import { endpointsOf, type ClientOptions, type StockClient, type Outcome } from './stock-client.js';

export function openApollo(options: ClientOptions): StockClient {
  const sockets = openSockets(options);
  const live = new ApolloLink(
    ({ query, variables }) =>
      new Observable((observer) =>
        subscribeResuming(
          sockets,
          { query: print(query), variables },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (failure) => observer.error(failure),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
  const http = new HttpLink({
    uri: endpointsOf(options).http,
    headers: { authorization: `Bearer ${options.accessToken}` },
  });
  const client = new ApolloClient({
    cache: new InMemoryCache({ typePolicies: { Conversation: { fields: { messages: relayStylePagination() } } } }),
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, live, http),
  });
  return {
    async run(name, variables = {}) {
      const document = gql(documents[name]);
      const { data, error } = documents[name].startsWith('mutation')
        ? await client.mutate({ mutation: document, variables, errorPolicy: 'all' })
        : await client.query({ query: document, variables, fetchPolicy: 'network-only', errorPolicy: 'all' });
      return { data, errors: errorsIn(error) };
    },
    watch(name, variables, onData) {
      const query = client.watchQuery({ query: gql(documents[name]), variables });
      const subscription = query.subscribe(({ data }) => data !== undefined && onData(data));
      return () => subscription.unsubscribe();
    },
    subscribe(name, variables, onData) {
      const subscription = client
        .subscribe({ query: gql(documents[name]), variables })
        .subscribe(({ data, error }) => (error ? options.onError(error) : onData(data)));
      return () => subscription.unsubscribe();
    },
    close() {
      client.stop();
      void sockets.dispose();
    },
  };
}

function errorsIn(error: unknown): Outcome['errors'] {
  if (error === undefined) return [];
  if (CombinedGraphQLErrors.is(error)) return [...error.errors] as Outcome['errors'];
  throw error as Error;
}
