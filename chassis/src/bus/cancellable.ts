/**
 * Makes a stream that ends as soon as its consumer returns, even while it waits for the next item. (An async generator
 * only processes a `return` at its next yield: one without further items would stay open for ever.)
 *
 * @param open starts the stream, which must end when the signal aborts
 */
export function cancellable<Item>(open: (signal: AbortSignal) => AsyncIterable<Item>): AsyncIterableIterator<Item> {
  const cancellation = new AbortController();
  const items = open(cancellation.signal)[Symbol.asyncIterator]();
  return {
    next: () => items.next(),
    async return() {
      cancellation.abort();
      await items.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
