/** Apollo Client for one person: queries and mutations over HTTP, subscriptions over a WebSocket that resumes. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { createLiveClient } from '@marquee/client';
import { createLiveLink } from '@marquee/client/apollo';

const gateway = 'http://localhost:4000';

/** The issuer of `npm start`. In production, the access token comes from the sign-in with Cognito. */
const issuer = 'http://localhost:4010';

export async function fetchPeople() {
  return (await fetch(`${issuer}/people`)).json();
}

async function fetchToken(sub) {
  const response = await fetch(`${issuer}/token?user=${encodeURIComponent(sub)}`);
  return (await response.json()).access_token;
}

/** @param sub the person who signs in */
export function createClient(sub) {
  const live = createLiveClient({ url: `${gateway.replace('http', 'ws')}/graphql`, token: () => fetchToken(sub) });
  const http = new SetContextLink(async () => ({
    headers: { authorization: `Bearer ${await fetchToken(sub)}` },
  })).concat(new HttpLink({ uri: `${gateway}/graphql` }));
  const client = new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      // Events that are lost are read again.
      createLiveLink(live, { onGap: () => client.reFetchObservableQueries() }),
      http,
    ),
    cache: new InMemoryCache({ typePolicies: { Show: { keyFields: ['slug'] } } }),
  });
  return client;
}
