// Live events with @marquee/client, which continues after the last event when a connection is lost and renews the token on
// the open socket. Stock graphql-ws and server-sent events work as well.
import { createLiveClient, isGap } from '@marquee/client';
import { WebSocket } from 'ws'; // only in Node older than 22

const client = createLiveClient({
  url: 'ws://localhost:4000/graphql',
  token: () => undefined, // a guest; for a user: async () => the current access token
  webSocketImpl: WebSocket,
});

const query = 'subscription { activityAdded { message author { displayName } } }';

for await (const result of client.iterate({ query })) {
  if (isGap(result)) console.log('Some events are lost: read the list again.');
  else if (result.data) console.log(result.data.activityAdded.author.displayName, result.data.activityAdded.message);
}
