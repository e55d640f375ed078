/**
 * The outbox of a service in DynamoDB, for a table whose items have a sort key. The events of a transaction are one item
 * more in it (`outboxWrite`), so that they cost no request. Items wait in a few partitions, chosen by their subject, which
 * the relay reads with consistent Queries: of two transactions of one subject, it never sees only the later one. A
 * published item moves to another partition, where it is kept for `outboxDays`.
 */
import type { DomainEvent } from '../events/domain-event.js';
import type { Confirmation, Outbox, OutboxBacklog, OutboxEntry, RecentEvent } from '../events/outbox.js';
import type { ItemKey } from './batch.js';
import type { TransactWrite } from './document-client.js';
import { dynamoLease } from './dynamo-lease.js';
import { addConfirmations, readConfirmations, removeConfirmations } from './dynamo-confirmations.js';
import type { Dynamo } from './open-table.js';
import {
  confirmationPartition,
  type DynamoOutboxKeys,
  inOrder,
  itemKey,
  maxMoves,
  moveItems,
  type OutboxItem,
  queryItems,
  sentPartition,
  shardOf,
  shards,
  type StoredItem,
  unsentPartition,
} from './outbox-items.js';

export interface DynamoOutboxOptions extends DynamoOutboxKeys {
  /** The events of an item, in their order: each time the same ones, with the same ids. */
  decode(item: OutboxItem): DomainEvent[];
}

/** The write that adds events to a transaction. */
export function outboxWrite(TableName: string, keys: DynamoOutboxKeys, item: OutboxItem): TransactWrite {
  const key = { [keys.partitionKey]: unsentPartition(shardOf(item.subject)), [keys.sortKey]: item.order };
  return { Put: { TableName, Item: { ...key, subject: item.subject, content: item.content } } };
}

export function dynamoOutbox(dynamo: Dynamo, options: DynamoOutboxOptions): Outbox {
  const outbox = new PartitionedOutbox(dynamo, options);
  return {
    read: (limit, except) => outbox.read(limit, except),
    markSent: (positions) => outbox.markSent(positions),
    confirm: (confirmation) => outbox.confirm(confirmation),
    resend: (since) => outbox.resend(since),
    resendUnconfirmed: (consumers) => outbox.resendUnconfirmed(consumers),
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

  async read(limit: number, except?: ReadonlySet<string>): Promise<OutboxEntry[] | null> {
    if (!(await this.lease.hold())) return null;
    const items = await this.#readUnsent(limit, except);
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
    await moveItems(this.dynamo, this.options, complete, sentPartition);
  }

  async confirm({ consumer, positions }: Confirmation): Promise<void> {
    const confirmations = positions.flatMap((position) => {
      const [, shard, order, index] = /^outbox#(\d)\/(.+)\/(\d+)$/.exec(position) ?? [];
      if (shard === undefined || order === undefined) return [];
      const key = itemKey(this.options, { partition: confirmationPartition(shard), order });
      return [{ key, name: `${consumer}/${index}` }];
    });
    await addConfirmations(this.dynamo, this.options.expiryAttribute, confirmations);
  }

  resend(since: Date): Promise<number> {
    return this.#resend(since, async (page) => {
      await removeConfirmations(
        this.dynamo,
        page.map((item) => this.#confirmationKey(item)),
      );
      return page;
    });
  }

  resendUnconfirmed(consumers: readonly string[]): Promise<number> {
    return this.#resend(new Date(0), async (page) => {
      const names = await readConfirmations(
        this.dynamo,
        page.map((item) => this.#confirmationKey(item)),
      );
      const isConfirmed = (item: StoredItem, given = new Set<string>() as ReadonlySet<string>) =>
        this.options.decode(item).every((_, index) => consumers.every((consumer) => given.has(`${consumer}/${index}`)));
      return page.filter((item, index) => !isConfirmed(item, names[index]));
    });
  }

  async recent(limit: number): Promise<RecentEvent[]> {
    const partitions = shards.flatMap((shard) => [unsentPartition(shard), sentPartition(shard)]);
    const pages = await Promise.all(
      partitions.map((partition) => queryItems(this.dynamo, this.options, { partition, limit, latest: true })),
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

  /** Makes published items unsent. @param choose those of a page */
  async #resend(since: Date, choose: (page: StoredItem[]) => Promise<StoredItem[]>): Promise<number> {
    let count = 0;
    for (const partition of shards.map(sentPartition))
      for (let after = since.toISOString(); ;) {
        const page = await queryItems(this.dynamo, this.options, { partition, limit: maxMoves, after });
        if (page.length === 0) break;
        const chosen = await choose(page);
        await moveItems(this.dynamo, this.options, chosen, unsentPartition);
        count += this.#countEvents(chosen);
        after = page.at(-1)?.order ?? after;
      }
    return count;
  }

  #confirmationKey({ subject, order }: StoredItem): ItemKey {
    return itemKey(this.options, { partition: confirmationPartition(shardOf(subject)), order });
  }

  /** Of each shard. */
  #readUnsent(limit: number, except?: ReadonlySet<string>): Promise<StoredItem[][]> {
    return Promise.all(shards.map((shard) => this.#readShard(unsentPartition(shard), limit, except)));
  }

  async #readShard(partition: string, limit: number, except: ReadonlySet<string> = new Set()): Promise<StoredItem[]> {
    const items: StoredItem[] = [];
    for (let after: string | undefined; ;) {
      const page = await queryItems(this.dynamo, this.options, { partition, limit, ...(after && { after }) });
      items.push(...page.filter(({ subject }) => !except.has(subject)));
      if (page.length === 0 || except.size === 0 || items.length >= limit) return items;
      after = page.at(-1)?.order;
    }
  }

  #countEvents(items: readonly StoredItem[]): number {
    return items.reduce((sum, item) => sum + this.options.decode(item).length, 0);
  }
}

/** Items of a shard that a measurement counts at most. */
const maxCounted = 1_000;

function entriesOf(item: StoredItem, { decode }: DynamoOutboxOptions): OutboxEntry[] {
  return decode(item).map((event, index) => ({ position: `${item.partition}/${item.order}/${index}`, event }));
}
