/** Maps the items of a stream in order. When the consumer returns, the source stream is returned at once. */
export function mapStream<Item, Result>(
  stream: AsyncIterable<Item>,
  map: (item: Item) => Promise<Result> | Result,
): AsyncIterableIterator<Result> {
  const items = stream[Symbol.asyncIterator]();
  return {
    async next() {
      const item = await items.next();
      return item.done ? { done: true, value: undefined } : { done: false, value: await map(item.value) };
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
