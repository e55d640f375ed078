/**
 * Streams that resume from a stored log of changes. Each change of a stream has a sequence: from 1, without holes, in the
 * order of the commits, so that a reader of sequence n has missed no earlier change. Changes are written in the transaction
 * of the change itself; the bus only notifies of them. They are removed after `changeLogDays`: a reader that resumes later
 * finds a hole, and reports the gap at once.
 */
import type { Bus } from './bus.js';
import { LogReader } from './log-reader.js';
import { RecentChanges } from './recent-changes.js';
import { createSharedTails, type SharedTails } from './shared-tails.js';
import type { StreamPosition } from './stream-position.js';
import { createTailPoll, type TailPollOptions } from './tail-poll.js';
import type { LiveItems, WaitingStreams } from './waiting-streams.js';

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
  /** The streams with these items that wait for new changes. */
  waitingFor<Item>(items: LiveItems<Item>): WaitingStreams<Item>;
  close(): void;
}

/** The streams with subscribers in this process, by name. */
export type LogTails = SharedTails<LogTail>;

export interface LogTailOptions extends Omit<TailPollOptions, 'readVersions'> {
  /** The stream whose notifications a stream follows. Default: its own. */
  notifiedBy?(stream: string): string;
}

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

/** The filter of one of many similar streams. */
export interface LiveFilter<Item> {
  key: string;
  /** The same object for all streams whose new changes are loaded together. */
  items: LiveItems<Item>;
}

export interface LogStreamOptions<Item extends object> {
  /** The sequence of the last change that the client received; null to start with the next change. */
  after: number | null;
  /** Returns the item of each change, in their order; null if the reader may not see it. */
  load(changes: readonly Change[]): Promise<readonly (Item | null)[]>;
  /** Loads new changes for many streams together, with the same results as `load`. Default: each stream loads its own. */
  live?: LiveFilter<Item>;
}

/** An event of a stream, or a position between two of them. */
export type LogEvent<Item> = (Item & WithCursor) | StreamPosition;

/**
 * Streams the changes after a sequence, or from now on: stored ones first, then live ones, each once and in order. The
 * reader pulls, so a slow one occupies no buffer.
 * @throws while iterating: BAD_USER_INPUT with the last sequence if the stream does not reach up to `after`
 */
export function streamLog<Item extends object>(
  tails: LogTails,
  stream: string,
  options: LogStreamOptions<Item>,
): AsyncIterableIterator<LogEvent<Item>> {
  const subscriber = new AbortController();
  return new LogReader(() => tails.join(stream, subscriber), options, subscriber);
}

/** The topic of the bus on which the changes of a stream are published. Messages: `{ stream }`. */
export function changeTopic(stream: string): string {
  return `changes of ${stream}`;
}
