/** The items of an outbox in DynamoDB: unsent ones, and published ones, each in the partition of their shard. */
import { createHash } from 'node:crypto';
import { outboxDays } from '../events/outbox.js';
import type { ItemKey } from './batch.js';
import type { TransactWrite } from './document-client.js';
import type { Dynamo } from './open-table.js';
import { retryOnThrottle } from './retry-on-throttle.js';

/** The primary keys of the items of an outbox. */
export interface DynamoOutboxKeys {
  partitionKey: string;
  sortKey: string;
  /** The TTL attribute of the table, in seconds since the epoch. */
  expiryAttribute: string;
}

/** The events of one transaction, which have the same subject. */
export interface OutboxItem {
  subject: string;
  /**
   * When they happened (RFC 3339), never earlier than the events before of the subject, and what orders those of the same
   * time. Distinguishes the item from all others.
   */
  order: string;
  /** The content of the events, as the service stores it. */
  content: Record<string, unknown>;
}

/**
 * Each takes 500 transactions a second. Another number orders the events of a subject in two partitions while those that
 * were written before it are published.
 */
export const shards = ['0', '1', '2', '3'];

/** Items that one write moves; a transaction takes 100 writes. */
export const maxMoves = 50;

/** The partition of unsent items of a shard. */
export function unsentPartition(shard: string): string {
  return `outbox#${shard}`;
}

/** The partition of published items of a shard. */
export function sentPartition(shard: string): string {
  return `published#${shard}`;
}

/** The partition of the confirmations of the items of a shard (dynamo-confirmations.ts). */
export function confirmationPartition(shard: string): string {
  return `confirmed#${shard}`;
}

/** An item, and the partition that contains it. */
export interface StoredItem extends OutboxItem {
  partition: string;
}

interface QueryOptions {
  partition: string;
  limit: number;
  /** Only items whose order follows it. */
  after?: string;
  /** The latest ones instead of the earliest ones. */
  latest?: boolean;
}

/** The items of a partition, in their order. */
export async function queryItems(
  { documents, table }: Dynamo,
  keys: DynamoOutboxKeys,
  options: QueryOptions,
): Promise<StoredItem[]> {
  const { partition, limit, after, latest = false } = options;
  const request = {
    TableName: table,
    ConsistentRead: true,
    Limit: limit,
    ScanIndexForward: !latest,
    KeyConditionExpression:
      after === undefined ? '#partition = :partition' : '#partition = :partition AND #order > :after',
    ExpressionAttributeNames: {
      '#partition': keys.partitionKey,
      ...(after !== undefined && { '#order': keys.sortKey }),
    },
    ExpressionAttributeValues: { ':partition': partition, ...(after !== undefined && { ':after': after }) },
  };
  const { Items = [] } = await retryOnThrottle(() => documents.query(request));
  return Items.map((item) => ({
    partition,
    order: String(item[keys.sortKey]),
    subject: String(item['subject']),
    content: item['content'] as Record<string, unknown>,
  }));
}

/** Moves items to the partition of their shard. */
export async function moveItems(
  { documents, table }: Dynamo,
  keys: DynamoOutboxKeys,
  items: readonly StoredItem[],
  partitionOf: (shard: string) => string,
): Promise<void> {
  for (let from = 0; from < items.length; from += maxMoves) {
    const TransactItems = items.slice(from, from + maxMoves).flatMap((item): TransactWrite[] => {
      const { subject, content, order } = item;
      const partition = partitionOf(shardOf(subject));
      const expiry = { [keys.expiryAttribute]: Math.ceil(Date.now() / 1000) + outboxDays * 86_400 };
      const kept = partitionOf === sentPartition && expiry;
      const Item = { ...itemKey(keys, { partition, order }), subject, content, ...kept };
      return [{ Put: { TableName: table, Item } }, { Delete: { TableName: table, Key: itemKey(keys, item) } }];
    });
    await retryOnThrottle(() => documents.transactWrite({ TransactItems }));
  }
}

/** The primary key of an item. */
export function itemKey(keys: DynamoOutboxKeys, { partition, order }: { partition: string; order: string }): ItemKey {
  return { [keys.partitionKey]: partition, [keys.sortKey]: order };
}

/** Items of several partitions, in their order. */
export function inOrder(items: readonly StoredItem[]): StoredItem[] {
  return [...items].sort((one, other) => (one.order < other.order ? -1 : Number(one.order > other.order)));
}

export function shardOf(subject: string): string {
  return shards[(createHash('sha1').update(subject).digest()[0] ?? 0) % shards.length] ?? '';
}
