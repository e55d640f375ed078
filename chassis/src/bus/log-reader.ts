import { cursorBeyondEnd } from '../errors/errors.js';
import { getOrCreate, memoizeWeak } from '../caching/memoize.js';
import type { Change, LogEvent, LogStreamOptions, LogTail, WithCursor } from './change-log.js';
import { withCause } from './event-cause.js';
import { reportInterval } from './recent-changes.js';
import { shareEvent } from './shared-events.js';
import { StreamPosition } from './stream-position.js';
import type { FoundItems, WaitingStream, WaitingStreams } from './waiting-streams.js';

/** Changes that a subscriber loads at a time. */
const batchSize = 50;

type Result<Item> = IteratorResult<LogEvent<Item>, undefined>;

const end = { done: true, value: undefined } as const;

/**
 * One stream of a change log: `next` is called again only when the result before has come. While a stream waits for live
 * items, it takes one promise and no function that runs: thousands of them may wait for the same change.
 */
export class LogReader<Item extends object> implements AsyncIterableIterator<LogEvent<Item>>, WaitingStream<Item> {
  position = 0;
  /** The position that the reader of the stream knows. */
  #reported = 0;
  #tail: LogTail | undefined;
  /** The events up to the position that are not delivered yet, in reverse order. */
  #ready: LogEvent<Item>[] = [];
  /** Ends the wait for live items. */
  #resolve: ((result: Result<Item> | Promise<Result<Item>>) => void) | undefined;

  /**
   * @param open opens the log, when the first event is requested
   * @param subscriber closes it
   */
  constructor(
    private readonly open: () => LogTail,
    private readonly options: LogStreamOptions<Item>,
    private readonly subscriber: AbortController,
  ) {
    subscriber.signal.addEventListener('abort', () => this.#close(), { once: true });
  }

  get key(): string {
    return this.options.live?.key ?? '';
  }

  next(): Promise<Result<Item>> {
    if (this.subscriber.signal.aborted) return Promise.resolve(end);
    const value = this.#ready.pop();
    if (value) return Promise.resolve({ done: false, value });
    if (this.#waiting()?.add(this)) return new Promise((resolve) => (this.#resolve = resolve));
    return this.#readOn();
  }

  return(): Promise<Result<Item>> {
    this.subscriber.abort();
    return Promise.resolve(end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  wake(found: FoundItems<Item> | undefined): void {
    if (found) this.#deliver(found);
    const resolve = this.#resolve;
    this.#resolve = undefined;
    const value = resolve && this.#ready.pop();
    if (value) resolve({ done: false, value });
    else resolve?.(this.next());
  }

  /** The streams with the same items; undefined if it loads new changes itself, or has not started. */
  #waiting(): WaitingStreams<Item> | undefined {
    return this.options.live && this.#tail?.waitingFor(this.options.live.items);
  }

  async #readOn(): Promise<Result<Item>> {
    try {
      const tail = this.#tail ?? (await this.#start());
      const { signal } = this.subscriber;
      while (this.#ready.length === 0 && !signal.aborted) {
        if (this.position < tail.last()) await this.#readStored(tail);
        else if (this.options.live) break;
        else await tail.waitForChange(signal);
      }
      return await this.next();
    } catch (failure) {
      this.subscriber.abort();
      throw failure;
    }
  }

  /** @throws BAD_USER_INPUT if the log does not reach up to the start */
  async #start(): Promise<LogTail> {
    const { after } = this.options;
    const tail = this.open();
    await tail.poll();
    if (after !== null && after > tail.last()) throw cursorBeyondEnd('after', tail.last());
    this.position = this.#reported = after ?? tail.last();
    if (after === null) this.#ready.push(new StreamPosition(this.position));
    this.#tail = tail;
    return tail;
  }

  async #readStored(tail: LogTail): Promise<void> {
    const changes = await tail.changesAfter(this.position, batchSize);
    const before = (changes[0]?.sequence ?? tail.last() + 1) - 1;
    const gap = before > this.position ? [new StreamPosition((this.#reported = before), true)] : [];
    const items = changes.length === 0 ? [] : await this.options.load(changes);
    const found = changes.flatMap((change, index) => {
      const item = items[index];
      return item ? [{ item, change }] : [];
    });
    this.#deliver({ items: found, position: changes.at(-1)?.sequence ?? before }, gap);
  }

  /** Reports the position, if it is far from the last one that the reader of the stream knows. */
  #deliver({ items, position }: FoundItems<Item>, before: readonly StreamPosition[] = []): void {
    const events: LogEvent<Item>[] = [...before];
    for (const { item, change } of items) events.push(eventOf(item, change));
    this.#reported = items.at(-1)?.change.sequence ?? this.#reported;
    if (position - this.#reported >= reportInterval) events.push(new StreamPosition((this.#reported = position)));
    this.position = position;
    this.#ready = events.reverse();
  }

  #close(): void {
    this.#waiting()?.delete(this);
    this.#resolve?.(end);
    this.#resolve = undefined;
  }
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
