import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { getItems } from '../database/batch-get.js';
import { directItemKey, conversationItemKey, readsItemKey } from '../database/table-keys.js';
import type { ConversationRow, ReadsRow } from './conversation-row.js';

/** The heads of these conversations as they are now, in any order. */
export async function getConversations(dynamo: Dynamo, ids: readonly string[]): Promise<ConversationRow[]> {
  return (await getItems(dynamo, ids.map(conversationItemKey))) as unknown as ConversationRow[];
}

export async function getConversation(dynamo: Dynamo, id: string): Promise<ConversationRow | null> {
  return (await getConversations(dynamo, [id]))[0] ?? null;
}

/** How far each participant of these conversations has read, in any order. */
export async function getReads(dynamo: Dynamo, ids: readonly string[]): Promise<ReadsRow[]> {
  return (await getItems(dynamo, ids.map(readsItemKey))) as unknown as ReadsRow[];
}

/** The DIRECT conversations that a user has with others, in any order. */
export async function getDirectConversations(
  dynamo: Dynamo,
  userId: string,
  others: readonly string[],
): Promise<{ other: string; conversationId: string }[]> {
  const places = new Map(others.map((other) => [directItemKey(userId, other).pk, other]));
  const items = await getItems(
    dynamo,
    others.map((other) => directItemKey(userId, other)),
  );
  return items.map(({ pk, conversationId }) => ({
    other: places.get(pk) ?? '',
    conversationId: String(conversationId),
  }));
}
