import type { Version } from '@marquee/chassis/bus/tail-poll';
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { getItems } from '../database/batch-get.js';
import { conversationItemKey, directItemKey, readsItemKey } from '../database/table-keys.js';
import type { ReadsRow } from '../read-receipts/read-mark-row.js';
import type { ConversationRow } from './conversation-row.js';

/** Reads conversations by id, in any order, without those that do not exist. */
export async function getConversations(dynamo: Dynamo, ids: readonly string[]): Promise<ConversationRow[]> {
  return (await getItems(dynamo, ids.map(conversationItemKey))) as unknown as ConversationRow[];
}

export async function getConversation(dynamo: Dynamo, id: string): Promise<ConversationRow | null> {
  return (await getConversations(dynamo, [id]))[0] ?? null;
}

type VersionedConversation = Pick<ConversationRow, 'conversationId' | 'lastSequence' | 'membership'>;

/** Changes with each message and with the participants. */
export function versionOf({ lastSequence, membership }: Omit<VersionedConversation, 'conversationId'>): Version {
  return `${lastSequence} ${membership}`;
}

/** Reads the versions of conversations by id, without those that do not exist. */
export async function getConversationVersions(dynamo: Dynamo, ids: readonly string[]): Promise<Map<string, Version>> {
  const attributes = ['conversationId', 'lastSequence', 'membership'] satisfies (keyof VersionedConversation)[];
  const keys = ids.map((id) => ({ ...conversationItemKey(id) }));
  const rows = await readBatch<VersionedConversation>(dynamo, keys, { consistent: true, attributes });
  return new Map(rows.map((row) => [row.conversationId, versionOf(row)]));
}

/** Reads how far the participants of these conversations have read, in any order. */
export async function getReads(dynamo: Dynamo, ids: readonly string[]): Promise<ReadsRow[]> {
  return (await getItems(dynamo, ids.map(readsItemKey))) as unknown as ReadsRow[];
}

/** The id of a DIRECT conversation, by the other user. */
export interface DirectConversation {
  otherUserId: string;
  conversationId: string;
}

/** Finds the DIRECT conversations of a user with other users, in any order. */
export async function getDirectConversations(
  dynamo: Dynamo,
  userId: string,
  otherUserIds: readonly string[],
): Promise<DirectConversation[]> {
  const keys = otherUserIds.map((otherUserId) => ({ otherUserId, key: directItemKey(userId, otherUserId) }));
  const otherUserByPartition = new Map(keys.map(({ otherUserId, key }) => [key.pk, otherUserId]));
  const items = await getItems(
    dynamo,
    keys.map(({ key }) => key),
  );
  return items.map(({ pk, conversationId }) => ({
    otherUserId: otherUserByPartition.get(pk) ?? '',
    conversationId: String(conversationId),
  }));
}
