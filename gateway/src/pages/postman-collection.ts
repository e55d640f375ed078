import type { Example } from './example-operations.js';

/** The addresses that a collection of requests contains. */
export interface CollectionAddresses {
  endpoint: string;
  /** Where the client requests its token; absent if it is unknown. */
  tokenUrl: string | undefined;
}

/**
 * A collection of requests in the format of Postman 2.1, which Insomnia, Bruno and Hoppscotch import too. Its first
 * request exchanges the id and the secret of the client for a token, which a script stores for the other requests.
 */
export function postmanCollection(examples: readonly Example[], { endpoint, tokenUrl }: CollectionAddresses): object {
  return {
    info: {
      name: 'Marquee partner API',
      description: 'Set the variables clientId and clientSecret, send "Access token", then the other requests.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'endpoint', value: endpoint },
      { key: 'tokenUrl', value: tokenUrl ?? 'https://YOUR_TOKEN_DOMAIN/oauth2/token' },
      { key: 'clientId', value: '' },
      { key: 'clientSecret', value: '' },
      { key: 'token', value: '' },
    ],
    item: [tokenRequest, ...examples.map(exampleRequest)],
  };
}

const storeToken = "pm.collectionVariables.set('token', pm.response.json().access_token);";

const tokenRequest = {
  name: 'Access token',
  event: [{ listen: 'test', script: { type: 'text/javascript', exec: [storeToken] } }],
  request: {
    method: 'POST',
    description: 'The token is valid for an hour. Request it once and reuse it.',
    url: '{{tokenUrl}}',
    auth: {
      type: 'basic',
      basic: [
        { key: 'username', value: '{{clientId}}', type: 'string' },
        { key: 'password', value: '{{clientSecret}}', type: 'string' },
      ],
    },
    body: { mode: 'urlencoded', urlencoded: [{ key: 'grant_type', value: 'client_credentials' }] },
  },
};

function exampleRequest({ name, title, text, variables }: Example): object {
  return {
    name,
    request: {
      method: 'POST',
      description: title,
      url: '{{endpoint}}',
      header: [{ key: 'content-type', value: 'application/json' }],
      body: { mode: 'graphql', graphql: { query: text, variables: JSON.stringify(variables, null, 2) } },
    },
  };
}
