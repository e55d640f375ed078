import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Deadline } from '../src/upstream/deadline.js';
import { Bulkhead } from '../src/upstream/bulkhead.js';

let now: number;
let places: Bulkhead;
const deadlines: Deadline[] = [];

beforeEach(() => {
  now = 1_000;
  places = new Bulkhead({ name: 'users', maxConcurrent: 12, maxQueued: 3, stallAfterMs: 200, now: () => now });
});

afterEach(() => deadlines.splice(0).forEach((one) => one.close()));

test('there are so many places, and so many may wait; who has waited longest comes next', async () => {
  expect(states(12)).toEqual(Array(12).fill('in'));
  const order: number[] = [];
  const waiting = [1, 2, 3].map((turn) => enter().entered.then(() => order.push(turn)));
  expect(() => places.acquire(patient())).toThrow('too many requests wait');
  for (let turn = 0; turn < 3; turn += 1) places.release(true);
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});

test('who has no time left to wait is let go, and takes no place', async () => {
  states(12);
  await expect(places.acquire(new Deadline(5))).rejects.toMatchObject({ reason: 'timeout' });
  places.release(true);
  expect(states(2)).toEqual(['in', 'waits']);
});

describe('a service that has answered nobody for a while', () => {
  beforeEach(() => {
    states(8);
    now += 150;
    states(1);
    places.release(false);
    now += 51;
  });

  test('is asked by few at a time, one for each that gives it up', () => {
    const told = enter();
    expect([told.state, states(1)]).toEqual(['waits', ['waits']]);
    places.release(false);
    return told.entered;
  });

  test('is tried by one more whenever nobody has begun for as long', () => {
    now += 150;
    expect(states(2)).toEqual(['in', 'waits']);
    now += 201;
    expect(states(2)).toEqual(['in', 'waits']);
  });

  test('is asked by all who wait once it answers', async () => {
    const waiting = [enter(), enter(), enter()];
    places.release(true);
    await Promise.all(waiting.map(({ entered }) => entered));
    expect(states(3)).toEqual(['in', 'in', 'waits']);
  });
});

test('a service that nobody has asked for a while is not silent', () => {
  states(1);
  places.release(true);
  now += 10_000;
  expect(states(9)).toEqual(Array(9).fill('in'));
});

function states(count: number): ('in' | 'waits')[] {
  return Array.from({ length: count }, () => enter().state);
}

function enter() {
  const turn = places.acquire(patient());
  return { entered: Promise.resolve(turn), state: turn ? ('waits' as const) : ('in' as const) };
}

function patient(): Deadline {
  const deadline = new Deadline(60_000);
  deadlines.push(deadline);
  return deadline;
}
