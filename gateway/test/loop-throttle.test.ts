import { expect, test } from '@jest/globals';
import { type LoopUtilization, EventLoopThrottle } from '../src/engine/loop-throttle.js';

test('the first goes at once, the others one at a time, and what does not wait comes in between', async () => {
  const turns = new EventLoopThrottle(() => ({ now: performance.now(), active: 0 }));
  const order: string[] = [];
  const known = setInterval(() => order.push('known'), 1);
  const waiting = [1, 2, 3].map(() => turns.nextSlot().then(() => order.push('new')));
  await waiting[0];
  expect(order).toEqual(['new']);
  await Promise.all(waiting);
  clearInterval(known);
  expect(order.join(' ')).toMatch(/^new( known)+ new( known)+ new$/);
});

test('while the loop has much to do, those who wait go only so often', async () => {
  const little = loop({ busy: 1, of: 3 });
  await go(2, little);
  const much = loop({ busy: 2, of: 3 });
  await go(2, much);
  expect([little.looks, much.looks]).toEqual([2, 5]);
});

/** A loop that was busy for so many of so many milliseconds between two looks at it. */
function loop({ busy, of }: { busy: number; of: number }) {
  const seen = { looks: 0, time: (): LoopUtilization => ({ now: of * ++seen.looks, active: busy * seen.looks }) };
  return seen;
}

async function go(count: number, { time }: ReturnType<typeof loop>): Promise<void> {
  const turns = new EventLoopThrottle(time);
  await Promise.all(Array.from({ length: count }, () => turns.nextSlot()));
}
