import type { Version } from '@marquee/chassis/bus/tail-poll';
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { conversationItemKey, readsItemKey, userPartition } from '../database/table-keys.js';

/** Users whose conversations are counted at the same time. */
const concurrency = 4;

/**
 * Reads a version of each user's inbox: the number of conversations, which changes when the user joins or leaves one, and
 * the sum of the counters of the known ones, which only grow. Conversations of several users are read once.
 *
 * @param known the conversations that each user is known to have, also of former ones
 */
export async function getInboxVersions(
  dynamo: Dynamo,
  known: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, Version>> {
  const counters = await readCounters(dynamo, [...new Set([...known.values()].flat())]);
  const versions = await mapWithConcurrency([...known], concurrency, async ([userId, ids]) => {
    const sum = ids.reduce((total, id) => total + (counters.get(id) ?? 0), 0);
    return [userId, `${await countConversations(dynamo, userId)} ${sum}`] as const;
  });
  return new Map(versions);
}

interface Counters {
  conversationId: string;
  lastSequence?: number;
  membership?: number;
  changes?: number;
}

/** The sums of the counters of conversations and of their read marks, by id. */
async function readCounters(dynamo: Dynamo, ids: readonly string[]): Promise<Map<string, number>> {
  const keys = ids.flatMap((id) => [{ ...conversationItemKey(id) }, { ...readsItemKey(id) }]);
  const attributes = ['conversationId', 'lastSequence', 'membership', 'changes'] satisfies (keyof Counters)[];
  const sums = new Map<string, number>();
  for (const row of await readBatch<Counters>(dynamo, keys, { consistent: true, attributes })) {
    const { conversationId: id, lastSequence = 0, membership = 0, changes = 0 } = row;
    sums.set(id, (sums.get(id) ?? 0) + lastSequence + membership + changes);
  }
  return sums;
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
