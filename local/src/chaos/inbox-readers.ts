import { createLiveClient } from '@marquee/client';
import type { Closable } from '@marquee/chassis/process/closers';
import { WebSocket } from 'ws';
import type { Fleet } from '../fleet/fleet.js';
import { type DrillUser, retryUntilAnswered } from './drill-users.js';
import { sendRequest } from './graphql-request.js';

/** A conversation with everything that its participants change. */
interface InboxEntry {
  id: string;
}

/** A reader of `conversationUpdated`. */
export interface InboxReader extends Closable {
  user: DrillUser;
  /** The last state of each conversation that it received. */
  latest: ReadonlyMap<string, InboxEntry>;
  errors: readonly string[];
}

const fields =
  'id participants { displayName } readReceipts { user { displayName } sequence } lastMessage { sequence }';

const updated = `subscription { conversationUpdated { ${fields} } }`;

const inbox = `{ conversations(first: 20) { edges { node { ${fields} } } } }`;

export function openInboxReader(fleet: Fleet, user: DrillUser): InboxReader {
  const latest = new Map<string, InboxEntry>();
  const errors: string[] = [];
  const client = createLiveClient({
    url: `${fleet.url.replace('http', 'ws')}/graphql`,
    token: () => user.token,
    webSocketImpl: WebSocket,
    maxDelayMs: 5_000,
  });
  const results = client.iterate<{ conversationUpdated: InboxEntry }>({ query: updated });
  const read = async () => {
    for await (const result of results) {
      if (result.data) {
        const conversation = result.data.conversationUpdated;
        latest.set(conversation.id, conversation);
      }
      if (result.errors) errors.push(`${user.sub} received errors: ${JSON.stringify(result.errors)}`);
    }
  };
  void read().catch((failure: unknown) => errors.push(`${user.sub} was rejected: ${JSON.stringify(failure)}`));
  return { user, latest, errors, close: () => client.close() };
}

/** Reads the stored state of all conversations of a user. */
export async function readInbox({ url }: Fleet, { token }: DrillUser): Promise<InboxEntry[]> {
  const { conversations } = await retryUntilAnswered(() =>
    sendRequest<{ conversations: { edges: { node: InboxEntry }[] } }>(url, token, inbox),
  );
  return conversations.edges.map(({ node }) => node);
}
