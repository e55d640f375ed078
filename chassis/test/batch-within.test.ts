import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { batchWithin } from '@marquee/chassis/timing/batch-within';

test('collects the items that arrive together, and ends with the stream', async () => {
  const batches = [];
  for await (const batch of batchWithin(bursts([1, 2, 3], [4]), 50)) batches.push(batch);
  expect(batches.flat()).toEqual([1, 2, 3, 4]);
  expect(batches.length).toBeLessThan(4);
});

test('reports the failure of the stream after the items before it', async () => {
  const batches = batchWithin(failing(), 1);
  expect(await batches.next()).toEqual({ done: false, value: [1] });
  await expect(batches.next()).rejects.toThrow('lost');
});

async function* bursts(...groups: number[][]): AsyncGenerator<number> {
  for (const group of groups) {
    yield* group;
    await wait(200);
  }
}

async function* failing(): AsyncGenerator<number> {
  yield 1;
  throw new Error('lost');
}
