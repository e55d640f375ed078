import { expect, test } from '@jest/globals';
import { EventLoopThrottle, type LoopUtilization } from '../src/engine/loop-throttle.js';

test('grants the first slot immediately and the others one at a time, with other work in between', async () => {
  const throttle = new EventLoopThrottle(() => ({ now: performance.now(), active: 0 }));
  const order: string[] = [];
  const interval = setInterval(() => order.push('other'), 1);
  const waiting = [1, 2, 3].map(() => throttle.nextSlot().then(() => order.push('new')));
  await waiting[0];
  expect(order).toEqual(['new']);
  await Promise.all(waiting);
  clearInterval(interval);
  expect(order.join(' ')).toMatch(/^new( other)+ new( other)+ new$/);
});

test('grants slots less often while the event loop is busy', async () => {
  const idle = loop({ busy: 1, of: 3 });
  await waitForSlots(2, idle);
  const busy = loop({ busy: 2, of: 3 });
  await waitForSlots(2, busy);
  expect([idle.polls, busy.polls]).toEqual([2, 5]);
});

/** An event loop that is busy for `busy` of the `of` milliseconds between two polls. */
function loop({ busy, of }: { busy: number; of: number }) {
  const state = { polls: 0, time: (): LoopUtilization => ({ now: of * ++state.polls, active: busy * state.polls }) };
  return state;
}

async function waitForSlots(count: number, { time }: ReturnType<typeof loop>): Promise<void> {
  const throttle = new EventLoopThrottle(time);
  await Promise.all(Array.from({ length: count }, () => throttle.nextSlot()));
}
