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
  /**
   * Erases the messages of a deleted user in a conversation that the erasure did not find.
   * @throws the reason of the signal once it is aborted
   */
  erase(departure: Departure, stopping: AbortSignal | undefined): Promise<unknown>;
  /** Items that one page reads. Default: 500. */
  pageSize?: number;
}

/** A user who has sent messages to a conversation and has left it. */
export interface Departure {
  userId: string;
  conversationId: string;
}

/** Writes of one page that are in flight at the same time. */
const concurrency = 8;

export function departureBackfill(dynamo: Dynamo, options: BackfillOptions): Backfill {
  return {
    name: 'departures',
    leaseKey: { ...backfillItemKey('lease') },
    runPage: (stopping) => backfillPage(dynamo, options, stopping),
  };
}

/**
 * Records the departures of one page that are not recorded yet. Those of deleted users are recorded after their messages are
 * erased, so that an interrupted page finds them again, and each is erased once.
 * @returns whether the whole table was scanned
 */
export async function backfillPage(
  dynamo: Dynamo,
  { erase, pageSize = 500 }: BackfillOptions,
  stopping?: AbortSignal,
): Promise<boolean> {
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
  const departures = await unrecorded(dynamo, (Items as ScannedConversation[]).flatMap(departuresOf));
  const isErased = await erasedUsers(dynamo, departures);
  for (const departure of departures.filter(({ userId }) => isErased.has(userId))) await erase(departure, stopping);
  await mapWithConcurrency(departures, concurrency, (departure) => record(dynamo, departure));
  await eraseDeletedMeanwhile(dynamo, departures, isErased, (departure) => erase(departure, stopping));
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

function departuresOf({ pk, participants, sent }: ScannedConversation): Departure[] {
  const left = Object.keys(sent).filter((userId) => !participants.includes(userId));
  return left.map((userId) => ({ userId, conversationId: conversationIdOf(pk) }));
}

async function unrecorded(dynamo: Dynamo, departures: readonly Departure[]): Promise<Departure[]> {
  const keys = departures.map(({ userId, conversationId }) => leftItemKey(userId, conversationId));
  const recorded = new Set((await getItems(dynamo, keys)).map(({ pk, sk }) => `${pk} ${sk}`));
  return departures.filter((_, index) => !recorded.has(`${keys[index]?.pk} ${keys[index]?.sk}`));
}

async function record({ documents, table }: Dynamo, { userId, conversationId }: Departure): Promise<void> {
  await documents.put({ TableName: table, Item: { ...leftItemKey(userId, conversationId) } });
}

async function erasedUsers(dynamo: Dynamo, departures: readonly Departure[]): Promise<Set<string>> {
  const userIds = [...new Set(departures.map(({ userId }) => userId))];
  const found = new Set((await getItems(dynamo, userIds.map(erasedItemKey))).map(({ pk }) => pk));
  return new Set(userIds.filter((userId) => found.has(erasedItemKey(userId).pk)));
}

/** The erasure of a user who was deleted meanwhile may have listed their departures before these were recorded. */
async function eraseDeletedMeanwhile(
  dynamo: Dynamo,
  departures: readonly Departure[],
  isErased: ReadonlySet<string>,
  erase: (departure: Departure) => Promise<unknown>,
): Promise<void> {
  const others = departures.filter(({ userId }) => !isErased.has(userId));
  const deleted = await erasedUsers(dynamo, others);
  for (const departure of others.filter(({ userId }) => deleted.has(userId))) await erase(departure);
}
