import type { Version } from '@marquee/chassis/bus/tail-poll';
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { conversationItemKey, readsItemKey, userPartition } from '../database/table-keys.js';

/** Users whose conversations are counted at the same time. */
const concurrency = 4;

/** The counters of a conversation that grow with its changes. */
interface InboxCounters {
  lastSequence: number;
  membership: number;
  /** Grows with the read marks. */
  reads: number;
}

/** The parts of a conversation that an inbox compares. */
export interface InboxConversation extends InboxCounters {
  conversationId: string;
  participants: readonly string[];
  lastActivityAt: string;
}

/** Reads these parts of conversations, in any order, without those that do not exist. */
export async function getInboxConversations(dynamo: Dynamo, ids: readonly string[]): Promise<InboxConversation[]> {
  const rows = await readRows(dynamo, ids, ['participants', 'lastActivityAt']);
  return [...rows].flatMap(([conversationId, row]) => {
    const { participants, lastActivityAt = '' } = row;
    const counters = countersOf(row);
    return participants && counters ? [{ conversationId, participants, lastActivityAt, ...counters }] : [];
  });
}

/**
 * Reads a version of each user's inbox, see `inboxVersion`. Conversations of several users are read once, without their
 * participants.
 *
 * @param known the conversations that each user is known to have, also of former ones
 */
export async function getInboxVersions(
  dynamo: Dynamo,
  known: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, Version>> {
  const rows = await readRows(dynamo, [...new Set([...known.values()].flat())]);
  const versions = await mapWithConcurrency([...known], concurrency, async ([userId, ids]) => {
    const compared = ids.flatMap((id) => countersOf(rows.get(id) ?? {}) ?? []);
    return [userId, inboxVersion(await countConversations(dynamo, userId), compared)] as const;
  });
  return new Map(versions);
}

/**
 * The version of an inbox: the number of conversations, which changes when the user joins or leaves one, and the sum of the
 * counters of the known ones, which only grow.
 */
export function inboxVersion(count: number, known: readonly InboxCounters[]): Version {
  const sum = known.reduce(
    (total, { lastSequence, membership, reads }) => total + lastSequence + membership + reads,
    0,
  );
  return `${count} ${sum}`;
}

/** Null if the conversation does not exist: its read marks may remain. */
function countersOf({ lastSequence, membership = 0, changes: reads = 0 }: Partial<StoredRow>): InboxCounters | null {
  return lastSequence === undefined ? null : { lastSequence, membership, reads };
}

interface StoredRow {
  conversationId: string;
  participants: string[];
  lastSequence: number;
  membership: number;
  lastActivityAt: string;
  /** Of the item with the read marks. */
  changes: number;
}

/** Reads the items of conversations together with those of their read marks: the counters, and further attributes. */
async function readRows(
  dynamo: Dynamo,
  ids: readonly string[],
  further: readonly (keyof StoredRow)[] = [],
): Promise<Map<string, Partial<StoredRow>>> {
  const keys = ids.flatMap((id) => [{ ...conversationItemKey(id) }, { ...readsItemKey(id) }]);
  const attributes = ['conversationId', 'lastSequence', 'membership', 'changes', ...further];
  const items = await readBatch<Partial<StoredRow> & Pick<StoredRow, 'conversationId'>>(dynamo, keys, {
    consistent: true,
    attributes,
  });
  const rows = new Map<string, Partial<StoredRow>>();
  for (const item of items) rows.set(item.conversationId, { ...rows.get(item.conversationId), ...item });
  return rows;
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
