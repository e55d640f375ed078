/**
 * Streams that resume from a stored log of changes. Each change of a stream has a sequence: from 1, without holes, in the
 * order of the commits, so that a reader of sequence n has missed no earlier change. Changes are written in the transaction
 * of the change itself; the bus only notifies of them. They are removed after `changeLogDays`: a reader that resumes later
 * finds a hole, and reports the gap at once.
 */
import { EventEmitter, once } from 'node:events';
import { cursorBeyondEnd } from '../errors/errors.js';
import { getOrCreate, memoizeWeak } from '../caching/memoize.js';
import { coalesce } from '../timing/coalesce.js';
import { onAbort } from '../timing/on-abort.js';
import type { Bus } from './bus.js';
import { cancellable } from './cancellable.js';
import { withCause } from './event-cause.js';
import { shareEvent } from './shared-events.js';
import { createSharedTails, type SharedTails } from './shared-tails.js';
import { StreamPosition } from './stream-position.js';
import { createTailPoll, type TailPollOptions } from './tail-poll.js';

/** Days for which changes are kept. */
export const changeLogDays = 31;

export interface Change {
  sequence: number;
  /** The key of the row that changed. */
  subject: string;
  /** The W3C trace context of the request that caused it, if its trace is sampled. */
  traceparent?: string;
}

/** A part of a stream. */
export interface LogPage {
  /** The sequence of the latest change of the stream; 0 if there was none. */
  last: number;
  /** In the order of their sequences, which have holes where changes were removed. */
  changes: Change[];
}

/** Reads the changes of all streams of a store. */
export interface ChangeLog {
  /** Reads the first changes after a sequence. @param limit at most this many; 0 to read only `last` */
  read(stream: string, after: number, limit: number): Promise<LogPage>;
  /** The sequences of the latest changes of streams, without those that have none. */
  lastSequences(streams: readonly string[]): Promise<Map<string, number>>;
}

/** The latest changes of one stream, which its subscribers in this process share. */
export interface LogTail {
  /** Reads the changes since the last poll. Concurrent calls share a poll. */
  poll(): Promise<void>;
  /** The sequence of the latest change as of the last poll. */
  last(): number;
  /** The first changes after a sequence. The latest ones come from memory. */
  changesAfter(sequence: number, limit: number): Promise<readonly Change[]>;
  /** Resolves at the next poll that finds changes, and when the signal aborts. */
  waitForChange(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The streams with subscribers in this process, by name. */
export type LogTails = SharedTails<LogTail>;

export interface LogTailOptions extends Omit<TailPollOptions, 'readVersions'> {
  /** The stream whose notifications a stream follows. Default: its own. */
  notifiedBy?(stream: string): string;
}

/** Changes that one poll reads, and that a tail keeps in memory. */
const maxRecent = 200;

/** Changes that a subscriber loads at a time. */
const batchSize = 50;

/** Changes without an event after which a stream reports its position, so that it does not resume before them. */
const reportInterval = 50;

/** Notifies the subscribers of a stream that it has new changes. Call it after the commit. */
export function publishChange(bus: Bus, stream: string): void {
  bus.publish(changeTopic(stream), { stream });
}

export function createLogTails(log: ChangeLog, options: LogTailOptions): LogTails {
  const { notifiedBy = (stream: string) => stream } = options;
  const tailPoll = createTailPoll({ ...options, readVersions: (streams) => log.lastSequences(streams) });
  return createSharedTails((stream) => {
    const tail = new RecentChanges(stream, log);
    const closing = new AbortController();
    const poll = () => tail.poll();
    const version = () => tail.last() || undefined;
    tailPoll.follow(
      stream,
      { topic: changeTopic(notifiedBy(stream)), version, catchUp: poll, onNotification: poll },
      closing.signal,
    );
    return Object.assign(tail, { close: () => closing.abort() });
  });
}

/** The place of an event in its stream, as a field of the event. */
export interface WithCursor {
  changeCursor: number;
}

export interface LogStreamOptions<Item extends object> {
  /** The sequence of the last change that the client received; null to start with the next change. */
  after: number | null;
  /** Returns the item of each change, in their order; null if the reader may not see it. */
  load(changes: readonly Change[]): Promise<readonly (Item | null)[]>;
}

/**
 * Streams the changes after a sequence, or from now on: stored ones first, then live ones, each once and in order. The
 * reader pulls, so a slow one occupies no buffer.
 * @throws while iterating: BAD_USER_INPUT with the last sequence if the stream does not reach up to `after`
 */
export function streamLog<Item extends object>(
  tails: LogTails,
  stream: string,
  options: LogStreamOptions<Item>,
): AsyncIterableIterator<(Item & WithCursor) | StreamPosition> {
  return cancellable((cancellation) => {
    const subscriber = new AbortController();
    onAbort(cancellation, () => subscriber.abort());
    return follow(() => tails.join(stream, subscriber), options, subscriber);
  });
}

async function* follow<Item extends object>(
  join: () => LogTail,
  { after, load }: LogStreamOptions<Item>,
  subscriber: AbortController,
): AsyncGenerator<(Item & WithCursor) | StreamPosition> {
  const { signal } = subscriber;
  try {
    const tail = join();
    await tail.poll();
    if (after !== null && after > tail.last()) throw cursorBeyondEnd('after', tail.last());
    if (after === null) yield new StreamPosition(tail.last());
    let reported = after ?? tail.last();
    for (let position = reported; !signal.aborted;) {
      if (position >= tail.last()) await tail.waitForChange(signal);
      if (position >= tail.last()) continue;
      const changes = await tail.changesAfter(position, batchSize);
      const before = (changes[0]?.sequence ?? tail.last() + 1) - 1;
      if (before > position) yield new StreamPosition((reported = before), true);
      for (const event of await loadEvents(changes, load)) {
        yield event;
        reported = event.changeCursor;
      }
      position = changes.at(-1)?.sequence ?? before;
      if (position - reported >= reportInterval) yield new StreamPosition((reported = position));
    }
  } finally {
    subscriber.abort();
  }
}

async function loadEvents<Item extends object>(
  changes: readonly Change[],
  load: LogStreamOptions<Item>['load'],
): Promise<(Item & WithCursor)[]> {
  const items = changes.length === 0 ? [] : await load(changes);
  return changes.flatMap((change, index) => {
    const item = items[index];
    return item ? [eventOf(item, change)] : [];
  });
}

/** A copy, since several changes may have the same item: one for all streams that load the same object. */
function eventOf<Item extends object>(item: Item, { sequence, traceparent }: Change): Item & WithCursor {
  const events = eventsOf(item) as Map<number, Item & WithCursor>;
  return getOrCreate(events, sequence, () => {
    const copy = Object.create(Object.getPrototypeOf(item) as object) as Item;
    return withCause(shareEvent(Object.assign(copy, item, { changeCursor: sequence })), traceparent);
  });
}

const eventsOf = memoizeWeak((_: object) => new Map<number, unknown>());

class RecentChanges implements Omit<LogTail, 'close'> {
  readonly poll = coalesce(() => this.#read());
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #recent = new Map<number, Change>();
  #last: number | undefined;

  constructor(
    private readonly stream: string,
    private readonly log: ChangeLog,
  ) {}

  last(): number {
    return this.#last ?? 0;
  }

  async changesAfter(sequence: number, limit: number): Promise<readonly Change[]> {
    if (!this.#recent.has(sequence + 1)) return untilHole((await this.log.read(this.stream, sequence, limit)).changes);
    const changes: Change[] = [];
    for (let change = this.#recent.get(sequence + 1); change && changes.length < limit;) {
      changes.push(change);
      change = this.#recent.get(change.sequence + 1);
    }
    return changes;
  }

  async waitForChange(signal: AbortSignal): Promise<void> {
    await once(this.#events, 'change', { signal }).catch(() => undefined);
  }

  async #read(): Promise<void> {
    const limit = this.#last === undefined ? 0 : maxRecent;
    const { last, changes } = await this.log.read(this.stream, this.last(), limit);
    for (const change of changes) this.#recent.set(change.sequence, change);
    for (const sequence of this.#recent.keys()) {
      if (this.#recent.size <= maxRecent) break;
      this.#recent.delete(sequence);
    }
    const isNew = last > this.last();
    this.#last = Math.max(last, this.last());
    if (isNew) this.#events.emit('change');
  }
}

/** The changes up to the first hole, which the next read begins with. */
function untilHole(changes: readonly Change[]): readonly Change[] {
  const first = changes[0]?.sequence ?? 0;
  const end = changes.findIndex(({ sequence }, index) => sequence !== first + index);
  return end < 0 ? changes : changes.slice(0, end);
}

/** The topic of the bus on which the changes of a stream are published. Messages: `{ stream }`. */
export function changeTopic(stream: string): string {
  return `changes of ${stream}`;
}
