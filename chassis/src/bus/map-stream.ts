/** A stream of what `map` makes of each item, in order. Leaving it leaves the stream beneath at once. */
export function mapStream<Item, Made>(
  stream: AsyncIterable<Item>,
  map: (item: Item) => Promise<Made> | Made,
): AsyncIterableIterator<Made> {
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
