import { setTimeout as wait } from 'node:timers/promises';

/**
 * Yields the items of a stream in batches: each contains the items that arrive within a time of its first one. Ends with the
 * stream, and ends the stream when it is returned.
 * @param ms milliseconds
 */
export async function* batchWithin<Item>(items: AsyncIterable<Item>, ms: number): AsyncGenerator<Item[]> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (let first = await next; !first.done; first = await next) {
      const batch = [first.value];
      ({ next } = await collect(iterator, batch, ms));
      yield batch;
    }
  } finally {
    await iterator.return?.();
  }
}

/**
 * Adds the items that arrive within a time.
 * @returns the read that is left: of a later item, or of the end or the failure of the stream
 */
async function collect<Item>(
  iterator: AsyncIterator<Item>,
  batch: Item[],
  ms: number,
): Promise<{ next: Promise<IteratorResult<Item>> }> {
  const end = wait(ms, undefined, { ref: false });
  for (;;) {
    const next = iterator.next();
    const arrived = await Promise.race([next.catch(() => undefined), end]);
    if (arrived === undefined || arrived.done) return { next };
    batch.push(arrived.value);
  }
}
