import { expect, test } from '@jest/globals';
import { Turns } from '../src/guard/turns.js';

test('those who wait for a turn go one at a time, and what does not wait comes in between', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const waiting = [1, 2, 3].map(() => turns.next().then(() => order.push('new')));
  const known = (): void => {
    order.push('known');
    if (order.length < 6) setImmediate(known);
  };
  setImmediate(known);
  await Promise.all(waiting);
  expect(order).toEqual(['new', 'known', 'new', 'known', 'new']);
});
