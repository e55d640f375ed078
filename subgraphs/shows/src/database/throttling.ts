import { setTimeout as wait } from 'node:timers/promises';

const throttlings = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
]);

const attempts = 6;
const firstPause = 50;

/**
 * Runs `work` again while DynamoDB says "slow down", after the SDK has given up on it: a few more times, with pauses
 * that double and vary, so that those who were refused together do not come back together.
 */
export async function retryOnThrottle<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (failure) {
      if (!throttlings.has((failure as Error).name) || attempt === attempts) throw failure;
      await pause(attempt);
    }
  }
}

/** Waits before the next attempt: about 50 ms after the first, then twice as long each time. */
export async function pause(attempt: number): Promise<void> {
  await wait(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random()));
}

/** Runs `work` for every item, at most so many at a time, and answers in the order of the items. */
export async function mapWithConcurrency<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
