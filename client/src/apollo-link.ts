import { ApolloLink } from '@apollo/client/link';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { Observable, print } from '@apollo/client/utilities';
import { type AdapterOptions, withoutGaps } from './adapter-sink.js';
import type { LiveClient, LiveError } from './live-client.js';

export type { AdapterOptions, LostEvents } from './adapter-sink.js';

/**
 * A terminating link for the subscriptions of Apollo Client 4:
 *
 *     ApolloLink.split(({ operationType }) => operationType === 'subscription', createLiveLink(client), httpLink)
 */
export function createLiveLink(client: LiveClient, options: AdapterOptions = {}): ApolloLink {
  return new ApolloLink(
    ({ query, variables, operationName, extensions }) =>
      new Observable<ApolloLink.Result>((observer) => {
        const sink = {
          next: (result: object) => observer.next(result as ApolloLink.Result),
          error: (error: LiveError) => observer.error(apolloError(error)),
          complete: () => observer.complete(),
        };
        const operation = { query: print(query), variables, operationName, extensions };
        return client.subscribe(operation, withoutGaps(sink, options, { operationName, variables }));
      }),
  );
}

/** Apollo Client recognises errors of GraphQL by their class. */
function apolloError(error: LiveError): Error {
  return error.errors.length > 0 ? new CombinedGraphQLErrors({ errors: [...error.errors] }) : error;
}
