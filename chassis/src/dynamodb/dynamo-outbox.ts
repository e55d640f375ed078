/**
 * The outbox of a service in DynamoDB, for a table whose items have a sort key. The events of a transaction are one item
 * more in it (`outboxWrite`), so that they cost no request. Items wait in a few partitions, chosen by their subject, which
 * the relay reads with consistent Queries: of two transactions of one subject, it never sees only the later one. A
 * published item moves to another partition, where it is kept for `outboxDays`.
 */
import { createHash } from 'node:crypto';
import type { DomainEvent } from '../events/domain-event.js';
import { type Outbox, type OutboxBacklog, outboxDays, type OutboxEntry, type RecentEvent } from '../events/outbox.js';
import type { ItemKey } from './batch.js';
import type { TransactWrite } from './document-client.js';
import { dynamoLease } from './dynamo-lease.js';
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

export interface DynamoOutboxOptions extends DynamoOutboxKeys {
  /** The events of an item, in their order: each time the same ones, with the same ids. */
  decode(item: OutboxItem): DomainEvent[];
}

/**
 * Each takes 500 transactions a second. Another number orders the events of a subject in two partitions while those that
 * were written before it are published.
 */
const shards = ['0', '1', '2', '3'];

/** Items that one write moves; a transaction takes 100 writes. */
const maxMoves = 50;

/** The write that adds events to a transaction. */
export function outboxWrite(TableName: string, keys: DynamoOutboxKeys, item: OutboxItem): TransactWrite {
  const key = { [keys.partitionKey]: unsentPartition(shardOf(item.subject)), [keys.sortKey]: item.order };
  return { Put: { TableName, Item: { ...key, subject: item.subject, content: item.content } } };
}

export function dynamoOutbox(dynamo: Dynamo, options: DynamoOutboxOptions): Outbox {
  const outbox = new PartitionedOutbox(dynamo, options);
  return {
    read: (limit) => outbox.read(limit),
    markSent: (positions) => outbox.markSent(positions),
    resend: (since) => outbox.resend(since),
    recent: (limit) => outbox.recent(limit),
    backlog: () => outbox.backlog(),
    release: () => outbox.lease.release(),
  };
}

class PartitionedOutbox {
  readonly lease;
  /** The items that were read, by the position of their last event. */
  #unsent = new Map<string, StoredItem>();

  constructor(
    private readonly dynamo: Dynamo,
    private readonly options: DynamoOutboxOptions,
  ) {
    this.lease = dynamoLease(dynamo, itemKey(options, { partition: 'outbox', order: 'lease' }));
  }

  async read(limit: number): Promise<OutboxEntry[] | null> {
    if (!(await this.lease.hold())) return null;
    const items = await this.#readUnsent(limit);
    this.#unsent = new Map();
    const entries: OutboxEntry[] = [];
    for (const item of inOrder(items.flat())) {
      // The events of an item are published together: the lease must last until then.
      if (entries.length >= limit) break;
      entries.push(...entriesOf(item, this.options));
      this.#unsent.set(entries.at(-1)?.position ?? '', item);
    }
    return entries;
  }

  async markSent(positions: readonly string[]): Promise<void> {
    const complete = positions.flatMap((position) => this.#unsent.get(position) ?? []);
    await move(this.dynamo, this.options, complete, sentPartition);
  }

  async resend(since: Date): Promise<number> {
    let count = 0;
    for (const partition of shards.map(sentPartition))
      for (let after = since.toISOString(); ;) {
        const page = await query(this.dynamo, this.options, { partition, limit: maxMoves, after });
        if (page.length === 0) break;
        await move(this.dynamo, this.options, page, unsentPartition);
        count += this.#countEvents(page);
        after = page.at(-1)?.order ?? after;
      }
    return count;
  }

  async recent(limit: number): Promise<RecentEvent[]> {
    const partitions = shards.flatMap((shard) => [unsentPartition(shard), sentPartition(shard)]);
    const pages = await Promise.all(
      partitions.map((partition) => query(this.dynamo, this.options, { partition, limit, latest: true })),
    );
    const events = inOrder(pages.flat()).flatMap((item) => {
      const isSent = item.partition.startsWith(sentPartition(''));
      return this.options.decode(item).map((event) => ({ event, isSent }));
    });
    return events.slice(-limit);
  }

  async backlog(): Promise<OutboxBacklog> {
    const pages = await this.#readUnsent(maxCounted);
    const oldest = pages.flatMap(([first]) => (first ? [Date.parse(this.options.decode(first)[0]?.time ?? '')] : []));
    const oldestSeconds = oldest.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...oldest)) / 1000;
    return { unsent: this.#countEvents(pages.flat()), oldestSeconds };
  }

  /** Of each shard. */
  #readUnsent(limit: number): Promise<StoredItem[][]> {
    const partitions = shards.map(unsentPartition);
    return Promise.all(partitions.map((partition) => query(this.dynamo, this.options, { partition, limit })));
  }

  #countEvents(items: readonly StoredItem[]): number {
    return items.reduce((sum, item) => sum + this.options.decode(item).length, 0);
  }
}

/** Items of a shard that a measurement counts at most. */
const maxCounted = 1_000;

function unsentPartition(shard: string): string {
  return `outbox#${shard}`;
}

function sentPartition(shard: string): string {
  return `published#${shard}`;
}

interface StoredItem extends OutboxItem {
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

async function query(
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

function entriesOf(item: StoredItem, { decode }: DynamoOutboxOptions): OutboxEntry[] {
  return decode(item).map((event, index) => ({ position: `${item.partition}/${item.order}/${index}`, event }));
}

/** Moves items to the partition of their shard. */
async function move(
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

function itemKey(keys: DynamoOutboxKeys, { partition, order }: { partition: string; order: string }): ItemKey {
  return { [keys.partitionKey]: partition, [keys.sortKey]: order };
}

function inOrder(items: readonly StoredItem[]): StoredItem[] {
  return [...items].sort((one, other) => (one.order < other.order ? -1 : Number(one.order > other.order)));
}

function shardOf(subject: string): string {
  return shards[(createHash('sha1').update(subject).digest()[0] ?? 0) % shards.length] ?? '';
}
