/**
 * A change log in DynamoDB: one item for each change, and one for each stream with the sequence of its latest change. All
 * are written in the transaction of the change. The condition on the latter orders the writers: of two that append at the
 * same time, one is repeated. The changes of a process queue up instead, so that only replicas conflict.
 */
import { type ChangeLog, changeLogDays } from '../bus/change-log.js';
import { getOrCreate } from '../caching/memoize.js';
import { sampledTraceparent } from '../telemetry/tracing.js';
import { StoreError } from '../errors/store-error.js';
import { type BackoffOptions, waitForBackoff } from '../timing/backoff.js';
import { type ItemKey, readBatch } from './batch.js';
import type { DomainEvent } from '../events/domain-event.js';
import type { TransactWrite } from './document-client.js';
import type { Dynamo } from './open-table.js';
import { retryOnThrottle } from './retry-on-throttle.js';

export interface DynamoChangeLogOptions {
  /** The primary key of the item of a change; of that of the stream, if the sequence is `last`. */
  key(stream: string, sequence: number | 'last'): ItemKey;
  /** The TTL attribute of the table, in seconds since the epoch. */
  expiryAttribute: string;
}

/** A change to append. */
export interface NewChange {
  /** The key of the row that changed. */
  subject: string;
  /** The event for other services (change-log-outbox.ts). */
  event?: DomainEvent;
}

export interface DynamoChangeLog extends ChangeLog {
  /**
   * Writes all or nothing, and appends changes to the stream. The writes and the changes are at most 99 together. Returns null on success, or the indexes of the writes that failed their condition.
   * @throws StoreError after 40 attempts that conflicted with other writers
   */
  write(stream: string, changes: readonly NewChange[], writes: readonly TransactWrite[]): Promise<Set<number> | null>;
}

/** With the delays between them, at most about 15 seconds in total. */
const maxAttempts = 40;

const conflictBackoff: BackoffOptions = { baseMs: 20, maxMs: 400, jitter: 'full' };

export function dynamoChangeLog(dynamo: Dynamo, options: DynamoChangeLogOptions): DynamoChangeLog {
  const { key, expiryAttribute } = options;
  const appenders = new Map<string, Appender>();
  return {
    async read(stream, after, limit) {
      const last = await readLastSequence(dynamo, key(stream, 'last'));
      const to = Math.min(last, after + limit);
      const keys = Array.from({ length: Math.max(0, to - after) }, (_, index) => key(stream, after + 1 + index));
      const items = await readBatch<ChangeItem>(dynamo, keys, { consistent: true });
      const kept = items.filter((item) => Number(item[expiryAttribute]) > Date.now() / 1000);
      const changes = kept.map(({ sequence, subject, traceparent }) => ({
        ...{ sequence, subject },
        ...(traceparent !== undefined && { traceparent }),
      }));
      return { last, changes: changes.sort((one, other) => one.sequence - other.sequence) };
    },
    async lastSequences(streams) {
      const last = await Promise.all(streams.map((stream) => readLastSequence(dynamo, key(stream, 'last'))));
      const sequences = streams.map((stream, index) => [stream, last[index] ?? 0] as const);
      return new Map(sequences.filter(([, sequence]) => sequence > 0));
    },
    write(stream, changes, writes) {
      const traceparent = sampledTraceparent();
      const traced = traceparent === undefined ? changes : changes.map((change) => ({ ...change, traceparent }));
      return getOrCreate(appenders, stream, () => new Appender(dynamo, stream, options)).write(traced, writes);
    },
  };
}

interface ChangeItem extends Record<string, unknown> {
  sequence: number;
  subject: string;
  traceparent?: string;
}

/** The sequence in the item of a stream; 0 without one. */
export async function readLastSequence({ documents, table }: Dynamo, Key: ItemKey): Promise<number> {
  const { Item } = await documents.get({ TableName: table, Key, ConsistentRead: true });
  return Number(Item?.['sequence'] ?? 0);
}

/** Appends to one stream, one transaction after the other. */
class Appender {
  #queue: Promise<unknown> = Promise.resolve();
  /** The latest sequence, if no other replica has appended since. */
  #last: number | undefined;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly stream: string,
    private readonly options: DynamoChangeLogOptions,
  ) {}

  write(changes: readonly NewChange[], writes: readonly TransactWrite[]): Promise<Set<number> | null> {
    const written = this.#queue.then(() => this.#writeNow(changes, writes));
    this.#queue = written.catch(() => undefined);
    return written;
  }

  async #writeNow(changes: readonly NewChange[], writes: readonly TransactWrite[]): Promise<Set<number> | null> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const last = this.#last ?? (await readLastSequence(this.dynamo, this.options.key(this.stream, 'last')));
      this.#last = undefined;
      const codes = await transact(this.dynamo, [...writes, ...this.#appendWrites(last, changes)]);
      if (codes === null) {
        this.#last = last + changes.length;
        return null;
      }
      const failed = codes.slice(0, writes.length).flatMap((code, at) => (code === conditionFailed ? [at] : []));
      if (failed.length > 0) return new Set(failed);
      await waitForBackoff(attempt, conflictBackoff);
    }
    const reason = `${maxAttempts} attempts to append to "${this.stream}" conflicted with other writers`;
    throw new StoreError('unavailable', new Error(reason));
  }

  #appendWrites(last: number, changes: readonly NewChange[]): TransactWrite[] {
    const { key, expiryAttribute } = this.options;
    const TableName = this.dynamo.table;
    const expiry = { [expiryAttribute]: Math.ceil(Date.now() / 1000) + changeLogDays * 86_400 };
    const latest = {
      TableName,
      Item: { ...key(this.stream, 'last'), sequence: last + changes.length },
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ...(last === 0
        ? { ConditionExpression: 'attribute_not_exists(#sequence)' }
        : { ConditionExpression: '#sequence = :last', ExpressionAttributeValues: { ':last': last } }),
    };
    const appended = changes.map((change, index) => {
      const sequence = last + 1 + index;
      return { Put: { TableName, Item: { ...key(this.stream, sequence), sequence, ...change, ...expiry } } };
    });
    return [{ Put: latest }, ...appended];
  }
}

const conditionFailed = 'ConditionalCheckFailed';

/** Returns null on success, or one code per write if the transaction was cancelled. */
async function transact({ documents }: Dynamo, writes: TransactWrite[]): Promise<(string | undefined)[] | null> {
  try {
    await retryOnThrottle(() => documents.transactWrite({ TransactItems: writes }));
    return null;
  } catch (failure) {
    const { name, CancellationReasons = [] } = failure as TransactionCanceled;
    const codes = CancellationReasons.map(({ Code }) => Code);
    if (name !== 'TransactionCanceledException' || codes.includes('ValidationError')) throw failure;
    return codes;
  }
}

interface TransactionCanceled extends Error {
  /** One per write of the transaction, in order. */
  CancellationReasons?: { Code?: string }[];
}
