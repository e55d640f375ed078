import { getOrCreate } from '../caching/memoize.js';
import { coalesce } from '../timing/coalesce.js';
import { Waiters } from '../timing/waiters.js';
import type { Change, ChangeLog, LogTail } from './change-log.js';
import { type AwaitedLog, type LiveItems, WaitingStreams } from './waiting-streams.js';

/** Changes that one poll reads, and that a tail keeps in memory. */
const maxRecent = 200;

/** Changes without an event after which a stream reports its position, so that it does not resume before them. */
export const reportInterval = 50;

/** The latest changes of one stream, in memory. */
export class RecentChanges implements Omit<LogTail, 'close'>, AwaitedLog {
  readonly poll = coalesce(() => this.#read());
  readonly #waiters: Waiters;
  readonly #streams = new Map<LiveItems<unknown>, WaitingStreams<unknown>>();
  readonly #recent = new Map<number, Change>();
  #last: number | undefined;

  constructor(
    readonly stream: string,
    private readonly log: ChangeLog,
  ) {
    this.#waiters = new Waiters(stream);
  }

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

  waitForChange(signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(signal);
  }

  waitingFor<Item>(items: LiveItems<Item>): WaitingStreams<Item> {
    const create = () => new WaitingStreams(this, items, reportInterval);
    return getOrCreate(this.#streams as Map<LiveItems<Item>, WaitingStreams<Item>>, items, create);
  }

  async #read(): Promise<void> {
    const limit = this.#last === undefined ? 0 : maxRecent;
    const { last, changes } = await this.log.read(this.stream, this.last(), limit);
    for (const change of changes) this.#recent.set(change.sequence, change);
    for (const sequence of this.#recent.keys()) {
      if (this.#recent.size <= maxRecent) break;
      this.#recent.delete(sequence);
    }
    const before = this.last();
    this.#last = Math.max(last, before);
    if (last > before) this.#announce();
  }

  #announce(): void {
    this.#waiters.wake();
    for (const streams of this.#streams.values()) streams.announce();
  }
}

/** The changes up to the first hole, which the next read begins with. */
function untilHole(changes: readonly Change[]): readonly Change[] {
  const first = changes[0]?.sequence ?? 0;
  const end = changes.findIndex(({ sequence }, index) => sequence !== first + index);
  return end < 0 ? changes : changes.slice(0, end);
}
