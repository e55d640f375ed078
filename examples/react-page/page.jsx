/** The activities of all users: a query, a subscription that adds new ones, and a mutation that posts one. */
import { gql } from '@apollo/client';
import { ApolloProvider, useMutation, useQuery } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient, fetchPeople } from './client.js';

const activityFields = gql`
  fragment ActivityFields on Activity {
    id
    message
    createdAt
    author {
      id
      displayName
    }
    replyTo {
      id
    }
  }
`;

const feedQuery = gql`
  query Feed {
    me {
      id
      displayName
    }
    feed(first: 10) {
      edges {
        node {
          ...ActivityFields
        }
      }
    }
  }
  ${activityFields}
`;

const activityAdded = gql`
  subscription ActivityAdded {
    activityAdded {
      ...ActivityFields
    }
  }
  ${activityFields}
`;

const postActivity = gql`
  mutation Post($message: String!) {
    postActivity(input: { message: $message }) {
      activity {
        id
      }
    }
  }
`;

function Page({ people }) {
  const [sub, setSub] = useState(people[0].sub);
  const client = useMemo(() => createClient(sub), [sub]);
  return (
    <ApolloProvider client={client}>
      <main>
        <h1>Activities</h1>
        <label>
          Signed in as{' '}
          <select value={sub} onChange={(event) => setSub(event.target.value)}>
            {people.map((person) => (
              <option key={person.sub} value={person.sub}>
                {person.name}
              </option>
            ))}
          </select>
        </label>
        <PostForm />
        <Feed key={sub} />
      </main>
    </ApolloProvider>
  );
}

function PostForm() {
  const [message, setMessage] = useState('');
  // The own activity may be posted before the subscription has started.
  const [post, { error, loading }] = useMutation(postActivity, { refetchQueries: [feedQuery] });
  const submit = async (event) => {
    event.preventDefault();
    const { error: refused } = await post({ variables: { message } });
    if (!refused) setMessage('');
  };
  return (
    <form onSubmit={submit}>
      <input
        aria-label="Message"
        placeholder="What are you working on?"
        value={message}
        onChange={(event) => setMessage(event.target.value)}
      />
      <button disabled={loading || message.trim() === ''}>Post</button>
      {error && <p role="alert">{error.message}</p>}
    </form>
  );
}

function Feed() {
  const { data, error, subscribeToMore } = useQuery(feedQuery, { errorPolicy: 'all' });
  useEffect(
    () =>
      subscribeToMore({
        document: activityAdded,
        updateQuery: (shown, { subscriptionData: { data } }) => withActivity(shown, data?.activityAdded),
      }),
    [subscribeToMore],
  );
  if (!data?.feed) return <p role="status">{error ? error.message : 'Loading …'}</p>;
  return (
    <ol aria-label="Newest activities">
      {data.feed.edges.map(({ node }) => (
        <li key={node.id}>
          <strong>{node.author.displayName}</strong> {node.message}
        </li>
      ))}
    </ol>
  );
}

/** The feed with a new activity first; it has no replies, and the subscription may have been faster than the query. */
function withActivity(shown, activity) {
  const edges = shown.feed?.edges;
  if (!edges || !activity || activity.replyTo || edges.some(({ node }) => node.id === activity.id)) return shown;
  return { ...shown, feed: { ...shown.feed, edges: [{ __typename: 'ActivityEdge', node: activity }, ...edges] } };
}

createRoot(document.getElementById('page')).render(<Page people={await fetchPeople()} />);
