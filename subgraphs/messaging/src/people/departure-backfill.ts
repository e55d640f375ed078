/**
 * Records the conversations that users left before departures were recorded by user, so that their erasure and the export of
 * their data find them. The table keeps the place that was reached, so that a scan goes on where it was interrupted, and is not
 * repeated.
 */
import type { Backfill } from '@marquee/chassis/dynamodb/dynamo-backfill';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { getItems } from '../database/batch-get.js';
import { backfillItemKey, conversationIdOf, erasedItemKey, type ItemKey, leftItemKey } from '../database/table-keys.js';

export interface BackfillOptions {
  /** Erases the messages of a deleted user again, because a further departure of theirs was found. */
  erase(userId: string): Promise<void>;
  /** Items that one page reads. Default: 500. */
  pageSize?: number;
}

/** Writes of one page that are in flight at the same time. */
const concurrency = 8;

export function departureBackfill(dynamo: Dynamo, options: BackfillOptions): Backfill {
  return {
    name: 'departures',
    leaseKey: { ...backfillItemKey('lease') },
    runPage: () => backfillPage(dynamo, options),
  };
}

/** Returns whether the whole table was scanned. Repeating a page changes nothing. */
export async function backfillPage(dynamo: Dynamo, { erase, pageSize = 500 }: BackfillOptions): Promise<boolean> {
  const { documents, table } = dynamo;
  const progressKey = backfillItemKey('progress');
  const { Item: progress } = await documents.get({ TableName: table, Key: progressKey, ConsistentRead: true });
  if (progress?.['isDone'] === true) return true;
  const { Items = [], LastEvaluatedKey } = await documents.scan({
    TableName: table,
    Limit: pageSize,
    FilterExpression: 'sk = :head',
    ProjectionExpression: 'pk, participants, sent',
    ExpressionAttributeValues: { ':head': 'head' },
    ExclusiveStartKey: progress?.['startKey'] as ItemKey | undefined,
  });
  const departures = (Items as ScannedConversation[]).flatMap(departuresOf);
  await mapWithConcurrency(departures, concurrency, ({ userId, conversationId }) =>
    documents.put({ TableName: table, Item: { ...leftItemKey(userId, conversationId) } }),
  );
  for (const userId of await erasedUsers(dynamo, departures)) await erase(userId);
  const next = LastEvaluatedKey ? { startKey: LastEvaluatedKey } : { isDone: true };
  await documents.put({ TableName: table, Item: { ...progressKey, ...next } });
  return LastEvaluatedKey === undefined;
}

interface ScannedConversation {
  pk: string;
  participants: readonly string[];
  /** Every user who has sent messages. */
  sent: Readonly<Record<string, number>>;
}

interface Departure {
  userId: string;
  conversationId: string;
}

function departuresOf({ pk, participants, sent }: ScannedConversation): Departure[] {
  const left = Object.keys(sent).filter((userId) => !participants.includes(userId));
  return left.map((userId) => ({ userId, conversationId: conversationIdOf(pk) }));
}

async function erasedUsers(dynamo: Dynamo, departures: readonly Departure[]): Promise<string[]> {
  const userIds = [...new Set(departures.map(({ userId }) => userId))];
  const found = new Set((await getItems(dynamo, userIds.map(erasedItemKey))).map(({ pk }) => pk));
  return userIds.filter((userId) => found.has(erasedItemKey(userId).pk));
}
