/**
 * Maps the items of a stream in order, and omits those that map to undefined. When the consumer returns, the source stream
 * is returned at once.
 */
export function mapStream<Item, Result>(
  stream: AsyncIterable<Item>,
  map: (item: Item) => Promise<Result | undefined> | Result | undefined,
): AsyncIterableIterator<Result> {
  const items = stream[Symbol.asyncIterator]();
  return {
    async next() {
      for (;;) {
        const item = await items.next();
        if (item.done) return { done: true, value: undefined };
        const value = await map(item.value);
        if (value !== undefined) return { done: false, value };
      }
    },
    async return() {
      await items.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
