import { describe, expect, test } from '@jest/globals';
import { FairQueue, type WorkOrigin } from '../src/engine/fair-queue.js';

describe('FairQueue', () => {
  test('alternates between addresses, however many tasks one of them has', () => {
    const queue = new FairQueue<string>();
    for (let index = 0; index < 50; index++) queue.push(`many ${index}`, { address: 'a', caller: 'guest' });
    queue.push('one', { address: 'b', caller: 'guest' });
    queue.push('two', { address: 'b', caller: 'guest' });
    expect(take(queue, 5)).toEqual(['many 0', 'one', 'many 1', 'two', 'many 2']);
  });

  test('alternates between the callers of one address', () => {
    const queue = new FairQueue<string>();
    for (let index = 0; index < 50; index++) queue.push(`many ${index}`, { address: 'a', caller: 'user 1' });
    queue.push('one', { address: 'a', caller: 'user 2' });
    queue.push('two', { address: 'a', caller: 'user 2' });
    expect(take(queue, 5)).toEqual(['many 0', 'one', 'many 1', 'two', 'many 2']);
  });

  test('prefers those who have used less', () => {
    const queue = new FairQueue<string>();
    const [slow, quick] = [guestAt('slow'), guestAt('quick')];
    for (let index = 0; index < 6; index++) queue.push(`slow ${index}`, slow);
    for (let index = 0; index < 6; index++) queue.push(`quick ${index}`, quick);
    const order = take(queue, 8, ({ address }) => (address === 'slow' ? 100 : 10));
    expect(order.slice(0, 7)).toEqual(['slow 0', ...[0, 1, 2, 3, 4, 5].map((index) => `quick ${index}`)]);
  });

  test('prefers a caller who has used less to another one at the same address', () => {
    const queue = new FairQueue<string>();
    for (let index = 0; index < 3; index++) queue.push(`slow ${index}`, { address: 'a', caller: 'slow' });
    for (let index = 0; index < 3; index++) queue.push(`quick ${index}`, { address: 'a', caller: 'quick' });
    const order = take(queue, 6, ({ caller }) => (caller === 'slow' ? 100 : 10));
    expect(order).toEqual(['slow 0', 'quick 0', 'quick 1', 'quick 2', 'slow 1', 'slow 2']);
  });

  test('does not let an address save up turns while it is idle', () => {
    const queue = new FairQueue<string>();
    for (let index = 0; index < 20; index++) queue.push(`busy ${index}`, guestAt('busy'));
    take(queue, 10);
    for (let index = 0; index < 20; index++) queue.push(`new ${index}`, guestAt('new'));
    expect(take(queue, 4).filter((task) => task.startsWith('busy'))).toHaveLength(2);
  });

  test.each([
    ['a caller', 64, () => guestAt('a')],
    ['an address', 256, (index: number) => ({ address: 'a', caller: `user ${index}` })],
    ['all addresses', 4096, (index: number) => guestAt(`address ${index}`)],
  ])('limits the tasks that wait for %s', (_, limit, originOf) => {
    const queue = new FairQueue<number>();
    const accepted = Array.from({ length: limit + 5 }, (__, index) => queue.push(index, originOf(index)));
    expect(accepted.filter(Boolean)).toHaveLength(limit);
    expect(queue.size).toBe(limit);
    queue.shift();
    expect(queue.push(0, originOf(0))).toBe(true);
  });

  test('has no next task when it is empty', () => {
    expect(new FairQueue<string>().shift()).toBeUndefined();
  });
});

function guestAt(address: string): WorkOrigin {
  return { address, caller: 'guest' };
}

function take(queue: FairQueue<string>, count: number, useOf: (origin: WorkOrigin) => number = () => 1): string[] {
  return Array.from({ length: count }, () => {
    const next = queue.shift();
    if (next) queue.charge(next.origin, useOf(next.origin));
    return next?.task ?? '';
  });
}
