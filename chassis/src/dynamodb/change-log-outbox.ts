/**
 * The outbox of a service whose changes are in a change log in DynamoDB: the items of the log contain the events, and an
 * item has the sequence up to which all are published. Events cost no write of their own.
 */
import type { DomainEvent } from '../events/domain-event.js';
import { type Outbox, outboxDays, type OutboxEntry } from '../events/outbox.js';
import { type ItemKey, readBatch } from './batch.js';
import { type DynamoChangeLogOptions, readLastSequence } from './dynamo-change-log.js';
import { dynamoLease } from './dynamo-lease.js';
import type { Dynamo } from './open-table.js';

/** @param stream the stream of the log whose changes have events */
export function changeLogOutbox(dynamo: Dynamo, stream: string, options: DynamoChangeLogOptions): Outbox {
  const outbox = new ChangeLogOutbox(dynamo, stream, options);
  return {
    read: (limit) => outbox.read(limit),
    markSent: (positions) => outbox.markSent(positions),
    resend: (since) => outbox.resend(since),
    recent: (limit) => outbox.recent(limit),
    backlog: () => outbox.backlog(),
    release: () => outbox.lease.release(),
  };
}

/** Changes that one step back reads. */
const stepSize = 100;

interface LoggedEvent {
  sequence: number;
  event?: DomainEvent;
}

class ChangeLogOutbox {
  readonly lease;
  readonly #cursorKey: ItemKey;
  /** The sequence up to which all events are published, as of the last read. */
  #cursor = 0;
  /** Published events after the first one that is not. */
  #sentAhead = new Set<number>();

  constructor(
    private readonly dynamo: Dynamo,
    private readonly stream: string,
    private readonly options: DynamoChangeLogOptions,
  ) {
    this.#cursorKey = options.key(`published ${stream}`, 'last');
    this.lease = dynamoLease(dynamo, options.key(`relay of ${stream}`, 'last'));
  }

  async read(limit: number): Promise<OutboxEntry[] | null> {
    if (!(await this.lease.hold())) return null;
    await this.#readCursor();
    const changes = await this.#changes(this.#cursor, limit);
    const unsent = changes.filter(({ sequence }) => !this.#sentAhead.has(sequence));
    const entries = unsent.flatMap(({ sequence, event }) => (event ? [{ position: String(sequence), event }] : []));
    // Changes of builds that emitted no events.
    await this.#advance(changes.flatMap(({ sequence, event }) => (event ? [] : [sequence])));
    return entries;
  }

  markSent(positions: readonly string[]): Promise<void> {
    return this.#advance(positions.map(Number));
  }

  async resend(since: Date): Promise<number> {
    await this.#readCursor();
    const oldest = Math.max(since.getTime(), Date.now() - outboxDays * 86_400_000);
    let from = this.#cursor;
    while (from > 0) {
      const start = Math.max(0, from - stepSize);
      const step = await this.#changes(start, from - start);
      const isLater = ({ event }: LoggedEvent) => event !== undefined && Date.parse(event.time) >= oldest;
      const later = step.filter(isLater);
      from = later.length === 0 ? from : (later[0]?.sequence ?? 1) - 1;
      if (later.length < step.length || step.length === 0) break;
    }
    const count = this.#cursor - from;
    if (count > 0) await this.#moveCursor(from);
    this.#sentAhead.clear();
    return count;
  }

  async recent(limit: number) {
    await this.#readCursor();
    const last = await this.#last();
    const changes = await this.#changes(Math.max(0, last - limit), limit);
    return changes.flatMap(({ sequence, event }) => (event ? [{ event, isSent: sequence <= this.#cursor }] : []));
  }

  async backlog() {
    const last = await this.#last();
    const [first] = await this.#changes(this.#cursor, 1);
    const since = Date.parse(first?.event?.time ?? '');
    const oldestSeconds = Number.isNaN(since) ? 0 : Math.max(0, Date.now() - since) / 1000;
    return { unsent: Math.max(0, last - this.#cursor - this.#sentAhead.size), oldestSeconds };
  }

  #last(): Promise<number> {
    return readLastSequence(this.dynamo, this.options.key(this.stream, 'last'));
  }

  async #readCursor(): Promise<void> {
    const stored = await readLastSequence(this.dynamo, this.#cursorKey);
    // A command has made events unsent again.
    if (stored < this.#cursor) this.#sentAhead.clear();
    this.#cursor = stored;
  }

  /** The changes after a sequence, in order. */
  async #changes(after: number, limit: number): Promise<LoggedEvent[]> {
    const to = Math.min(after + limit, await this.#last());
    const keys = Array.from({ length: Math.max(0, to - after) }, (_, index) =>
      this.options.key(this.stream, after + 1 + index),
    );
    const items = await readBatch<LoggedEvent>(this.dynamo, keys, { consistent: true });
    const bySequence = new Map(items.map((item) => [item.sequence, item]));
    // Those that have expired are published: they are a month old.
    return keys.map((_, index) => bySequence.get(after + 1 + index) ?? { sequence: after + 1 + index });
  }

  async #advance(sequences: readonly number[]): Promise<void> {
    for (const sequence of sequences) this.#sentAhead.add(sequence);
    let next = this.#cursor;
    while (this.#sentAhead.has(next + 1)) next += 1;
    if (next === this.#cursor) return;
    await this.#moveCursor(next);
    for (const sequence of this.#sentAhead) if (sequence <= next) this.#sentAhead.delete(sequence);
  }

  /** On condition that it was not moved since it was read. @throws DynamoError if it was */
  async #moveCursor(sequence: number): Promise<void> {
    await this.dynamo.documents.put({
      TableName: this.dynamo.table,
      Item: { ...this.#cursorKey, sequence },
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence = :cursor',
      ExpressionAttributeValues: { ':cursor': this.#cursor },
    });
    this.#cursor = sequence;
  }
}
