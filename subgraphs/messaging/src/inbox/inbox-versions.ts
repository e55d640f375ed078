import type { Version } from '@marquee/chassis/bus/tail-poll';
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { conversationItemKey, readsItemKey, userPartition } from '../database/table-keys.js';

/** Users whose conversations are counted at the same time. */
const concurrency = 4;

/** The parts of a conversation that an inbox compares: the participants, and the counters that grow with its changes. */
export interface InboxConversation {
  conversationId: string;
  participants: readonly string[];
  lastSequence: number;
  membership: number;
  /** Grows with the read marks. */
  reads: number;
  lastActivityAt: string;
}

/** Reads these parts of conversations, in any order, without those that do not exist. */
export async function getInboxConversations(dynamo: Dynamo, ids: readonly string[]): Promise<InboxConversation[]> {
  const rows = new Map<string, Partial<StoredCounters>>();
  for (const row of await readCounters(dynamo, ids))
    rows.set(row.conversationId, { ...rows.get(row.conversationId), ...row });
  return [...rows].flatMap(([conversationId, { participants, lastActivityAt = '', ...counters }]) => {
    const { lastSequence = 0, membership = 0, changes: reads = 0 } = counters;
    if (!participants) return [];
    return [{ conversationId, participants, lastActivityAt, lastSequence, membership, reads }];
  });
}

/**
 * Reads a version of each user's inbox, see `inboxVersion`. Conversations of several users are read once.
 *
 * @param known the conversations that each user is known to have, also of former ones
 */
export async function getInboxVersions(
  dynamo: Dynamo,
  known: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, Version>> {
  const conversations = await getInboxConversations(dynamo, [...new Set([...known.values()].flat())]);
  const byId = new Map(conversations.map((conversation) => [conversation.conversationId, conversation]));
  const versions = await mapWithConcurrency([...known], concurrency, async ([userId, ids]) => {
    const compared = ids.flatMap((id) => byId.get(id) ?? []);
    return [userId, inboxVersion(await countConversations(dynamo, userId), compared)] as const;
  });
  return new Map(versions);
}

/**
 * The version of an inbox: the number of conversations, which changes when the user joins or leaves one, and the sum of the
 * counters of the known ones, which only grow.
 */
export function inboxVersion(count: number, known: readonly InboxConversation[]): Version {
  const sum = known.reduce(
    (total, { lastSequence, membership, reads }) => total + lastSequence + membership + reads,
    0,
  );
  return `${count} ${sum}`;
}

interface StoredCounters {
  conversationId: string;
  participants: string[];
  lastSequence: number;
  membership: number;
  lastActivityAt: string;
  /** Of the item with the read marks. */
  changes: number;
}

/** The items of conversations and those of their read marks. */
function readCounters(
  dynamo: Dynamo,
  ids: readonly string[],
): Promise<(Partial<StoredCounters> & Pick<StoredCounters, 'conversationId'>)[]> {
  const keys = ids.flatMap((id) => [{ ...conversationItemKey(id) }, { ...readsItemKey(id) }]);
  const attributes = [
    'conversationId',
    'participants',
    'lastSequence',
    'membership',
    'lastActivityAt',
    'changes',
  ] satisfies (keyof StoredCounters)[];
  return readBatch(dynamo, keys, { consistent: true, attributes });
}

/** Counts the conversations of a user without reading them. */
async function countConversations({ documents, table }: Dynamo, userId: string): Promise<number> {
  let count = 0;
  let startKey: Record<string, unknown> | undefined;
  do {
    const { Count = 0, LastEvaluatedKey } = await documents.query({
      TableName: table,
      Select: 'COUNT',
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': userPartition(userId), ':prefix': 'c#' },
      ConsistentRead: true,
      ExclusiveStartKey: startKey,
    });
    count += Count;
    startKey = LastEvaluatedKey;
  } while (startKey);
  return count;
}
