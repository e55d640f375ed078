import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Deadline } from '../src/upstream/deadline.js';
import { Bulkhead } from '../src/upstream/bulkhead.js';

let now: number;
let bulkhead: Bulkhead;
const deadlines: Deadline[] = [];

beforeEach(() => {
  now = 1_000;
  bulkhead = new Bulkhead({ name: 'users', maxConcurrent: 12, maxQueued: 3, stallAfterMs: 200, now: () => now });
});

afterEach(() => deadlines.splice(0).forEach((deadline) => deadline.close()));

test('bounds running and queued requests, and starts queued ones in order', async () => {
  expect(states(12)).toEqual(Array(12).fill('running'));
  const order: number[] = [];
  const waiting = [1, 2, 3].map((turn) => acquire().acquired.then(() => order.push(turn)));
  expect(() => bulkhead.acquire(longDeadline())).toThrow('too many requests are waiting');
  for (let turn = 0; turn < 3; turn += 1) bulkhead.release(true);
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});

test('rejects a queued request at its deadline without taking a slot', async () => {
  states(12);
  await expect(bulkhead.acquire(new Deadline(5))).rejects.toMatchObject({ reason: 'timeout' });
  bulkhead.release(true);
  expect(states(2)).toEqual(['running', 'queued']);
});

describe('a stalled service', () => {
  beforeEach(() => {
    states(8);
    now += 150;
    states(1);
    bulkhead.release(false);
    now += 51;
  });

  test('gets few requests at a time, a new one for each that ends', () => {
    const next = acquire();
    expect([next.state, states(1)]).toEqual(['queued', ['queued']]);
    bulkhead.release(false);
    return next.acquired;
  });

  test('gets one more request whenever none has started for the stall time', () => {
    now += 150;
    expect(states(2)).toEqual(['running', 'queued']);
    now += 201;
    expect(states(2)).toEqual(['running', 'queued']);
  });

  test('gets all queued requests once it responds', async () => {
    const waiting = [acquire(), acquire(), acquire()];
    bulkhead.release(true);
    await Promise.all(waiting.map(({ acquired }) => acquired));
    expect(states(3)).toEqual(['running', 'running', 'queued']);
  });
});

test('does not treat an idle service as stalled', () => {
  states(1);
  bulkhead.release(true);
  now += 10_000;
  expect(states(9)).toEqual(Array(9).fill('running'));
});

function states(count: number): ('running' | 'queued')[] {
  return Array.from({ length: count }, () => acquire().state);
}

function acquire() {
  const turn = bulkhead.acquire(longDeadline());
  return { acquired: Promise.resolve(turn), state: turn ? ('queued' as const) : ('running' as const) };
}

function longDeadline(): Deadline {
  const deadline = new Deadline(60_000);
  deadlines.push(deadline);
  return deadline;
}
