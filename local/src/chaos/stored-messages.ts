import type { Fleet } from '../fleet/fleet.js';
import { sendRequest } from './graphql-request.js';
import { type Conversation, retryUntilAnswered } from './drill-users.js';

/** A stored message. */
export interface StoredMessage {
  sequence: number;
  body: string;
}

/** Reads all stored messages by conversation. */
export async function readStoredMessages(
  fleet: Fleet,
  conversations: readonly Conversation[],
): Promise<Map<string, StoredMessage[]>> {
  const stored = new Map<string, StoredMessage[]>();
  for (const conversation of conversations) stored.set(conversation.id, await readConversation(fleet, conversation));
  return stored;
}

/** Reads the messages of a conversation page by page, as a participant. */
async function readConversation(fleet: Fleet, { id, participants }: Conversation): Promise<StoredMessage[]> {
  const token = participants[0]?.token ?? '';
  const stored: StoredMessage[] = [];
  for (let after: string | null = null; ;) {
    const variables: object = { id, after };
    const data: Page = await retryUntilAnswered(() => sendRequest<Page>(fleet.url, token, page, variables));
    const { edges, pageInfo } = data.conversation.messages;
    stored.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return stored.sort((one, other) => one.sequence - other.sequence);
    after = pageInfo.endCursor;
  }
}

const page = `query ($id: ID!, $after: String) {
  conversation(id: $id) {
    messages(first: 100, after: $after) { edges { node { sequence body } } pageInfo { hasNextPage endCursor } }
  }
}`;

interface Page {
  conversation: {
    messages: { edges: { node: StoredMessage }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  };
}
