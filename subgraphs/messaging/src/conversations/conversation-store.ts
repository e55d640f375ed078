import type { Version } from '@marquee/chassis/bus/tail-poll';
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { getItems } from '../database/batch-get.js';
import { shownAttributes } from '../messages/message-store.js';
import { conversationItemKey, directItemKey, readsItemKey } from '../database/table-keys.js';
import type { ReadsRow } from '../read-receipts/read-mark-row.js';
import type { ConversationRow } from './conversation-row.js';

/**
 * Reads conversations by id, in any order, without those that do not exist.
 *
 * @param userId the reader: of `sent` and `hiddenUpTo` only their entry is read, since decoding those of up to 50
 *   participants takes longer than the rest of a conversation. Without it everything that is stored is read.
 */
export async function getConversations(
  dynamo: Dynamo,
  ids: readonly string[],
  userId?: string,
): Promise<ConversationRow[]> {
  const keys = ids.map((id) => ({ ...conversationItemKey(id) }));
  if (userId === undefined) return readBatch<ConversationRow>(dynamo, keys, { consistent: true });
  const attributes = [...sharedAttributes, ['sent', userId], ['hiddenUpTo', userId]];
  const rows = await readBatch<Partial<ConversationRow>>(dynamo, keys, { consistent: true, attributes });
  // A path of which nothing is stored leaves its attribute out.
  return rows.map((row) => ({ ...row, sent: row.sent ?? {} }) as ConversationRow);
}

/** The attributes that are the same for all participants. */
const sharedAttributes: readonly (keyof ConversationRow | readonly string[])[] = [
  'conversationId',
  'kind',
  'title',
  'jobId',
  'participants',
  'membership',
  'lastSequence',
  'createdAt',
  'lastActivityAt',
  ...shownAttributes.map((attribute) => ['lastMessage', attribute]),
];

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
