/**
 * Makes a stream that ends at once when its reader leaves, also while it waits for the next item.
 * (An async generator only hears of a `return` when it next yields: a quiet one would stay open for ever.)
 *
 * @param open starts the stream; it ends when the signal aborts
 */
export function cancellable<Item>(open: (signal: AbortSignal) => AsyncIterable<Item>): AsyncIterableIterator<Item> {
  const leaving = new AbortController();
  const items = open(leaving.signal)[Symbol.asyncIterator]();
  return {
    next: () => items.next(),
    async return() {
      leaving.abort();
      await items.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
