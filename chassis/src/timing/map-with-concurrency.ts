/**
 * Maps items to results in their order, with a limited number of calls in flight.
 *
 * @param concurrency calls that may run at the same time
 * @throws the first error; calls in flight go on, and no further ones start on the worker that failed
 */
export async function mapWithConcurrency<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
