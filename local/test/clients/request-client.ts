import { GraphQLClient } from 'graphql-request';
import { documents } from './client-documents.js';
import { endpointsOf, type ClientOptions, type StockClient, type Outcome } from './stock-client.js';

export function openGraphqlRequest(options: ClientOptions): StockClient {
  const client = new GraphQLClient(endpointsOf(options).http, {
    headers: { authorization: `Bearer ${options.accessToken}` },
    errorPolicy: 'all',
  });
  return {
    async run(name, variables = {}) {
      const { data, errors = [] } = await client.rawRequest(documents[name], variables);
      return { data, errors: errors as unknown as Outcome['errors'] };
    },
    close: () => undefined,
  };
}
