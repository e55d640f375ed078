import type { Fleet } from '../fleet/fleet.js';
import { sendRequest } from './graphql-request.js';
import { type MessageContent, messageFields } from './message-content.js';
import { type Conversation, retryUntilAnswered } from './drill-users.js';

/** Reads all stored messages by conversation, in ascending sequence. */
export async function readStoredMessages(
  fleet: Fleet,
  conversations: readonly Conversation[],
): Promise<Map<string, MessageContent[]>> {
  const stored = new Map<string, MessageContent[]>();
  for (const conversation of conversations) stored.set(conversation.id, await readConversation(fleet, conversation));
  return stored;
}

/** Reads the messages of a conversation page by page, as a participant. */
async function readConversation(fleet: Fleet, { id, participants }: Conversation): Promise<MessageContent[]> {
  const token = participants[0]?.token ?? '';
  const stored: MessageContent[] = [];
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
    messages(first: 50, after: $after) { edges { node { ${messageFields} } } pageInfo { hasNextPage endCursor } }
  }
}`;

interface Page {
  conversation: {
    messages: { edges: { node: MessageContent }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  };
}
