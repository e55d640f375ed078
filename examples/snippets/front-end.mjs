// A query across three services with Apollo Client. urql, Relay and others work with their usual configuration, too. For a
// signed-in user, add the header `authorization: Bearer TOKEN`.
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';

const client = new ApolloClient({
  link: new HttpLink({ uri: 'http://localhost:4000/graphql' }),
  cache: new InMemoryCache({ typePolicies: { Show: { keyFields: ['slug'] } } }),
});

const { data } = await client.query({
  query: gql`
    query Start {
      shows(first: 3) {
        edges {
          node {
            slug
            title
            addedBy {
              displayName
            }
          }
        }
      }
      jobs(first: 3) {
        edges {
          node {
            id
            title
          }
        }
      }
    }
  `,
});

for (const { node } of data.shows.edges) console.log(node.title, 'was added by', node.addedBy?.displayName);
for (const { node } of data.jobs.edges) console.log('Open job:', node.title);
