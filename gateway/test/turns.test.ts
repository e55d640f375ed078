import { expect, test } from '@jest/globals';
import { Turns } from '../src/engine/turns.js';

test('those who wait for a turn go one at a time, and what does not wait comes in between', async () => {
  expect(await orderOf(3, new Turns(() => 0))).toEqual(['new', 'known', 'new', 'known', 'new']);
});

test('while the loop has much to do, those who wait go only so often', async () => {
  let milliseconds = 0;
  const busy = new Turns(() => (milliseconds += 3));
  expect(await orderOf(2, busy)).toEqual(['new', 'known', 'known', 'new']);
});

/** In which order those who wait went, and something that runs in every turn of the loop, until all have gone. */
async function orderOf(count: number, turns: Turns): Promise<string[]> {
  const order: string[] = [];
  let left = count;
  const waiting = Array.from({ length: count }, () => turns.next().then(() => (order.push('new'), (left -= 1))));
  const known = (): void => {
    if (left === 0) return;
    order.push('known');
    setImmediate(known);
  };
  setImmediate(known);
  await Promise.all(waiting);
  return order;
}
