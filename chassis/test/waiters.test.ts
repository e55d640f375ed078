import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Waiters } from '../src/timing/waiters.js';

const { signal } = new AbortController();

test('a call of wake wakes everything that waits then, in its order and in many turns of the event loop', async () => {
  const waiters = new Waiters();
  const woken: number[] = [];
  const names = Array.from({ length: 2_000 }, (_, index) => index);
  const wakeUp = (name: number): void => {
    woken.push(name);
    for (const until = performance.now() + 0.02; performance.now() < until;) continue;
  };
  for (const name of names) void waiters.wait(signal).then(() => wakeUp(name));
  waiters.wake();
  void waiters.wait(signal).then(() => woken.push(-1));
  const wokenByTurn = new Set<number>();
  for (; woken.length < names.length; await nextTurn()) wokenByTurn.add(woken.length);
  await nextTurn();
  expect(woken).toEqual(names);
  expect(wokenByTurn.size).toBeGreaterThan(4);
});

test('a waiter whose signal aborts ends at once, and is not woken', async () => {
  const waiters = new Waiters();
  const leaving = new AbortController();
  const waiting = waiters.wait(leaving.signal);
  leaving.abort();
  await waiting;
  await waiters.wait(leaving.signal);
  const other = waiters.wait(signal);
  waiters.wake();
  await other;
  expect(leaving.signal.aborted).toBe(true);
});
