/**
 * Maps the items of a stream in order, and omits those that map to undefined. When the consumer returns, the source stream
 * is returned at once. An item takes few promises, since one may be
 * delivered by thousands of streams.
 */
export function mapStream<Item, Result>(
  stream: AsyncIterable<Item>,
  map: (item: Item) => Promise<Result | undefined> | Result | undefined,
): AsyncIterableIterator<Result> {
  const items = stream[Symbol.asyncIterator]();
  const toResult = (value: Result | undefined) => (value === undefined ? next() : { done: false as const, value });
  const onItem = (item: IteratorResult<Item>) => {
    if (item.done) return { done: true as const, value: undefined };
    const value = map(item.value);
    return value instanceof Promise ? value.then(toResult) : toResult(value);
  };
  const next = (): Promise<IteratorResult<Result>> => items.next().then(onItem);
  return {
    next,
    async return() {
      await items.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
