/**
 * Records the conversations that users left before departures were recorded by user, so that their erasure and the export of
 * their data find them. One replica at a time scans the table, in small pages with pauses; the table keeps the place, so that
 * a scan goes on where it was interrupted, and is not repeated.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { dynamoLease } from '@marquee/chassis/dynamodb/dynamo-lease';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { getItems } from '../database/batch-get.js';
import { backfillItemKey, conversationIdOf, erasedItemKey, type ItemKey, leftItemKey } from '../database/table-keys.js';

export interface BackfillOptions {
  /** Erases the messages of a deleted user again, because a further departure of theirs was found. */
  erase(userId: string): Promise<void>;
  /** Items that one page reads. Default: 500. */
  pageSize?: number;
}

/** Milliseconds before the first page: until then, the replicas of the previous build may still run. */
const delayMs = 15 * 60_000;

/** Milliseconds between two pages, and between two attempts. */
const [pauseMs, retryMs] = [250, 30_000];

/** Writes of one page that are in flight at the same time. */
const concurrency = 8;

/** Starts the scan a quarter of an hour later, unless the table was scanned before. */
export function startDepartureBackfill(dynamo: Dynamo, log: Logger, options: BackfillOptions): Closable {
  const stopping = new AbortController();
  const running = runBackfill(dynamo, log, options, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}

async function runBackfill(dynamo: Dynamo, log: Logger, options: BackfillOptions, stopping: AbortSignal) {
  const lease = dynamoLease(dynamo, { ...backfillItemKey('lease') });
  for (let pause = delayMs; await pauseFor(pause, stopping);) {
    try {
      const isHeld = await lease.hold();
      if (isHeld && (await backfillPage(dynamo, options))) break;
      pause = isHeld ? pauseMs : retryMs;
    } catch (err) {
      logThrottled(log, { level: 'warn', key: 'departures', record: { err }, message: 'departures were not recorded' });
      pause = retryMs;
    }
  }
  await lease.release().catch(() => undefined);
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

/** Returns false once the process stops. */
function pauseFor(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return wait(milliseconds, true, { signal }).catch(() => false);
}
