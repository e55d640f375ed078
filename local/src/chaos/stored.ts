import type { Fleet } from '../fleet/fleet.js';
import { ask } from './ask.js';
import { type Conversation, surely } from './population.js';

/** A message as the store has it. */
export interface Stored {
  sequence: number;
  body: string;
}

/** All messages by conversation. */
export async function storedBy(fleet: Fleet, conversations: readonly Conversation[]): Promise<Map<string, Stored[]>> {
  const stored = new Map<string, Stored[]>();
  for (const conversation of conversations) stored.set(conversation.id, await storedIn(fleet, conversation));
  return stored;
}

/** As a participant reads them, page by page. */
async function storedIn(fleet: Fleet, { id, participants }: Conversation): Promise<Stored[]> {
  const token = participants[0]?.token ?? '';
  const stored: Stored[] = [];
  for (let after: string | null = null; ;) {
    const variables: object = { id, after };
    const data: Page = await surely(() => ask<Page>(fleet.url, token, page, variables));
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
    messages: { edges: { node: Stored }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  };
}
