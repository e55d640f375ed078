/**
 * The outbox of a service whose changes are in a change log in DynamoDB: the items of the log contain the events, and an
 * item has the sequence up to which all are published, except for those that it names. Events cost no write of their own.
 */
import type { DomainEvent } from '../events/domain-event.js';
import { type Confirmation, type Outbox, outboxDays, type OutboxEntry } from '../events/outbox.js';
import { type ItemKey, readBatch } from './batch.js';
import { type DynamoChangeLogOptions, readLastSequence } from './dynamo-change-log.js';
import { dynamoLease } from './dynamo-lease.js';
import { addConfirmations, readConfirmations, removeConfirmations } from './dynamo-confirmations.js';
import type { Dynamo } from './open-table.js';

/** @param stream the stream of the log whose changes have events */
export function changeLogOutbox(dynamo: Dynamo, stream: string, options: DynamoChangeLogOptions): Outbox {
  const outbox = new ChangeLogOutbox(dynamo, stream, options);
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

/** Changes that one step back reads. */
const stepSize = 100;

/** Unpublished events that the item of the cursor names. It does not pass further ones. */
const maxHeld = 1_000;

interface LoggedEvent {
  sequence: number;
  event?: DomainEvent;
}

interface UnreadOptions {
  after: number;
  last: number;
  limit: number;
  /** Subjects that are left out. */
  except: ReadonlySet<string>;
}

class ChangeLogOutbox {
  readonly lease;
  readonly #cursorKey: ItemKey;
  /** The sequence up to which all events are published or held, as of the last read. */
  #cursor = 0;
  /** Unpublished events up to the cursor: their subjects were left out, and do not hold up those of others. */
  #held: ReadonlySet<number> = new Set();
  /** Published events after the first one that is not. */
  #sentAhead = new Set<number>();
  /** The subjects of unpublished events that a read has left out, by their sequences. */
  readonly #leftOut = new Map<number, string>();

  constructor(
    private readonly dynamo: Dynamo,
    private readonly stream: string,
    private readonly options: DynamoChangeLogOptions,
  ) {
    this.#cursorKey = options.key(`published ${stream}`, 'last');
    this.lease = dynamoLease(dynamo, options.key(`relay of ${stream}`, 'last'));
  }

  async read(limit: number, except: ReadonlySet<string> = new Set()): Promise<OutboxEntry[] | null> {
    if (!(await this.lease.hold())) return null;
    await this.#readCursor();
    const last = await this.#last();
    const entries: OutboxEntry[] = [];
    // Changes of builds that emitted no events.
    const empty: number[] = [];
    for (let after = 0; entries.length < limit;) {
      const sequences = this.#unread({ after, last, limit, except });
      for (const { sequence, event } of await this.#load(sequences))
        if (!event) empty.push(sequence);
        else if (except.has(event.subject)) this.#leftOut.set(sequence, event.subject);
        else entries.push({ position: String(sequence), event });
      if (sequences.length < limit) break;
      after = sequences.at(-1) ?? last;
    }
    await this.#advance(empty);
    return entries;
  }

  markSent(positions: readonly string[]): Promise<void> {
    return this.#advance(positions.map(Number));
  }

  async confirm({ consumer, positions }: Confirmation): Promise<void> {
    const known = positions.map(Number).filter((sequence) => Number.isSafeInteger(sequence) && sequence > 0);
    const confirmations = known.map((sequence) => ({ key: this.#confirmationKey(sequence), name: consumer }));
    await addConfirmations(this.dynamo, this.options.expiryAttribute, confirmations);
  }

  async resend(since: Date): Promise<number> {
    await this.#readCursor();
    let from = this.#cursor;
    for await (const step of this.#stepsBack(this.#cursor, since)) {
      from = (step[0]?.sequence ?? 1) - 1;
      await removeConfirmations(
        this.dynamo,
        step.map(({ sequence }) => this.#confirmationKey(sequence)),
      );
    }
    const count = this.#cursor - from;
    if (count > 0) await this.#moveCursor(from);
    this.#sentAhead.clear();
    return count;
  }

  /** The cursor moves back to the first unconfirmed event; the confirmed ones after it count as published. */
  async resendUnconfirmed(consumers: readonly string[]): Promise<number> {
    await this.#readCursor();
    const end = [...this.#sentAhead].reduce((latest, sequence) => Math.max(latest, sequence), this.#cursor);
    let [from, count] = [this.#cursor, 0];
    const confirmed = new Set<number>();
    for await (const step of this.#stepsBack(end, new Date(0)))
      for (const { sequence, names } of await this.#withConfirmations(step)) {
        const isConfirmed = consumers.every((consumer) => names.has(consumer));
        if (isConfirmed) confirmed.add(sequence);
        else if (this.#isSent(sequence) || this.#sentAhead.has(sequence)) count += 1;
        if (!isConfirmed) from = Math.min(from, sequence - 1);
      }
    if (from < this.#cursor) await this.#moveCursor(from);
    this.#sentAhead = new Set([...confirmed].filter((sequence) => sequence > from));
    return count;
  }

  async recent(limit: number) {
    await this.#readCursor();
    const last = await this.#last();
    const changes = await this.#changes(Math.max(0, last - limit), limit);
    return changes.flatMap(({ sequence, event }) => (event ? [{ event, isSent: this.#isSent(sequence) }] : []));
  }

  async backlog() {
    const last = await this.#last();
    const [first] = await this.#load(this.#unread({ after: 0, last, limit: 1, except: new Set() }));
    const since = Date.parse(first?.event?.time ?? '');
    const oldestSeconds = Number.isNaN(since) ? 0 : Math.max(0, Date.now() - since) / 1000;
    const unsent = last - this.#cursor - this.#sentAhead.size + this.#held.size;
    return { unsent: Math.max(0, unsent), oldestSeconds };
  }

  #isSent(sequence: number): boolean {
    return sequence <= this.#cursor && !this.#held.has(sequence);
  }

  #last(): Promise<number> {
    return readLastSequence(this.dynamo, this.options.key(this.stream, 'last'));
  }

  async #readCursor(): Promise<void> {
    const { documents, table } = this.dynamo;
    const { Item } = await documents.get({ TableName: table, Key: this.#cursorKey, ConsistentRead: true });
    const stored = Number(Item?.['sequence'] ?? 0);
    // A command has made events unsent again.
    if (stored < this.#cursor) this.#sentAhead.clear();
    this.#cursor = stored;
    this.#held = new Set((Item?.['held'] as number[] | undefined)?.map(Number));
  }

  /**
   * The changes up to a sequence, until one that has no event, is older than the time, or is no longer kept: in steps, the
   * latest first. The changes of a step are in order.
   */
  async *#stepsBack(end: number, since: Date): AsyncGenerator<LoggedEvent[]> {
    const oldest = Math.max(since.getTime(), Date.now() - outboxDays * 86_400_000);
    for (let to = end; to > 0;) {
      const start = Math.max(0, to - stepSize);
      const step = await this.#changes(start, to - start);
      const isLater = ({ event }: LoggedEvent) => event !== undefined && Date.parse(event.time) >= oldest;
      const later = step.slice(step.findLastIndex((change) => !isLater(change)) + 1);
      if (later.length > 0) yield later;
      if (later.length < step.length || step.length === 0) return;
      to = start;
    }
  }

  async #withConfirmations(changes: readonly LoggedEvent[]) {
    const keys = changes.map(({ sequence }) => this.#confirmationKey(sequence));
    const names = await readConfirmations(this.dynamo, keys);
    return changes.map(({ sequence }, index) => ({ sequence, names: names[index] ?? new Set<string>() }));
  }

  #confirmationKey(sequence: number): ItemKey {
    return this.options.key(`confirmed ${this.stream}`, sequence);
  }

  /** The changes after a sequence, in order. */
  async #changes(after: number, limit: number): Promise<LoggedEvent[]> {
    const to = Math.min(after + limit, await this.#last());
    return this.#load(Array.from({ length: Math.max(0, to - after) }, (_, index) => after + 1 + index));
  }

  /** Of the changes after a sequence, those that are not known to be published or left out, in order. */
  #unread({ after, last, limit, except }: UnreadOptions): number[] {
    const isUnread = (sequence: number): boolean =>
      sequence > after && !this.#sentAhead.has(sequence) && !except.has(this.#leftOut.get(sequence) ?? '');
    const sequences = [...this.#held].filter(isUnread).sort((one, other) => one - other);
    for (let next = Math.max(after, this.#cursor) + 1; next <= last && sequences.length < limit; next += 1)
      if (isUnread(next)) sequences.push(next);
    return sequences.slice(0, limit);
  }

  async #load(sequences: readonly number[]): Promise<LoggedEvent[]> {
    const keys = sequences.map((sequence) => this.options.key(this.stream, sequence));
    const items = await readBatch<LoggedEvent>(this.dynamo, keys, { consistent: true });
    const bySequence = new Map(items.map((item) => [item.sequence, item]));
    // Those that have expired are published: they are a month old.
    return sequences.map((sequence) => bySequence.get(sequence) ?? { sequence });
  }

  async #advance(sequences: readonly number[]): Promise<void> {
    const held = new Set(this.#held);
    for (const sequence of sequences) if (!held.delete(sequence)) this.#sentAhead.add(sequence);
    let next = this.#cursor;
    for (let isPassed = true; isPassed;) {
      const isHeld = this.#leftOut.has(next + 1) && !this.#sentAhead.has(next + 1) && held.size < maxHeld;
      if (isHeld) held.add(next + 1);
      isPassed = isHeld || this.#sentAhead.has(next + 1);
      if (isPassed) next += 1;
    }
    if (next === this.#cursor && held.size === this.#held.size) return;
    await this.#moveCursor(next, held);
    for (const sequence of this.#sentAhead) if (sequence <= next) this.#sentAhead.delete(sequence);
    for (const sequence of this.#leftOut.keys()) if (this.#isSent(sequence)) this.#leftOut.delete(sequence);
  }

  /** On condition that it was not moved since it was read. @throws DynamoError if it was */
  async #moveCursor(sequence: number, held = this.#held): Promise<void> {
    const stillHeld = [...held].filter((one) => one <= sequence);
    await this.dynamo.documents.put({
      TableName: this.dynamo.table,
      Item: { ...this.#cursorKey, sequence, held: stillHeld },
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence = :cursor',
      ExpressionAttributeValues: { ':cursor': this.#cursor },
    });
    [this.#cursor, this.#held] = [sequence, new Set(stillHeld)];
  }
}
