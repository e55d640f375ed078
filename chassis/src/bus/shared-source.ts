import { EventEmitter, on } from 'node:events';

export interface SharedSourceOptions<Item, Filter> {
  /** Starts a stream of all items that any subscriber may receive. It must end when the signal aborts. */
  open(signal: AbortSignal): AsyncIterable<Item>;
  /**
   * The indexes of the filters that match an item. Called once for each item, with the filters of all subscribers; a
   * filter that several of them have occurs once. Default: all filters match.
   */
  matching?(item: Item, filters: readonly Filter[]): Promise<readonly number[]>;
}

/** A stream that all subscribers of this process share, so that each item is read and filtered once. */
export interface SharedSource<Item, Filter> {
  /**
   * The matching items from the call on, until the signal aborts.
   * @throws while iterating, if the stream fails, or an item cannot be filtered
   */
  subscribe(filter: Filter, signal: AbortSignal): AsyncIterable<Item>;
}

/** The stream is open while there are subscribers. After a failure it is opened again for later ones. */
export function createSharedSource<Item, Filter = null>(
  options: SharedSourceOptions<Item, Filter>,
): SharedSource<Item, Filter> {
  let reader: SourceReader<Item, Filter> | undefined;
  return {
    subscribe(filter, signal) {
      if (!reader || reader.isClosed) reader = new SourceReader(options);
      return reader.add(filter, signal);
    },
  };
}

/** Reads the stream from its first subscriber to its last. */
class SourceReader<Item, Filter> {
  readonly #subscribers = new EventEmitter().setMaxListeners(0);
  readonly #filters = new Map<string, { filter: Filter; count: number }>();
  readonly #closing = new AbortController();

  constructor(private readonly options: SharedSourceOptions<Item, Filter>) {
    void this.#read();
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  add(filter: Filter, signal: AbortSignal): AsyncIterable<Item> {
    const key = `filter ${JSON.stringify(filter)}`;
    const entry = this.#filters.get(key) ?? { filter, count: 0 };
    entry.count += 1;
    this.#filters.set(key, entry);
    const remove = () => this.#remove(key, entry);
    if (signal.aborted) remove();
    else signal.addEventListener('abort', remove, { once: true });
    return untilAbort<Item>(on(this.#subscribers, key, { signal }), signal);
  }

  #remove(key: string, entry: { count: number }): void {
    entry.count -= 1;
    if (entry.count === 0) this.#filters.delete(key);
    if (this.#filters.size === 0) this.#closing.abort();
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    try {
      for await (const item of this.options.open(signal)) await this.#deliver(item);
    } catch (failure) {
      if (this.#subscribers.listenerCount('error') > 0) this.#subscribers.emit('error', failure);
    } finally {
      this.#closing.abort();
    }
  }

  async #deliver(item: Item): Promise<void> {
    const entries = [...this.#filters];
    const filters = entries.map(([, { filter }]) => filter);
    const matching = await (this.options.matching?.(item, filters) ?? filters.keys());
    for (const index of matching) this.#subscribers.emit(entries[index]?.[0] ?? '', item);
  }
}

async function* untilAbort<Item>(items: AsyncIterable<unknown[]>, signal: AbortSignal): AsyncGenerator<Item> {
  try {
    for await (const [item] of items) yield item as Item;
  } catch (failure) {
    if (!signal.aborted) throw failure;
  }
}
