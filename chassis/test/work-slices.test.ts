import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { WorkSlices } from '../src/timing/work-slices.js';

test('work starts at once if no other work is due, and a failure is that of its caller', async () => {
  const slices = new WorkSlices();
  let isStarted = false;
  const done = slices.run(async () => {
    isStarted = true;
    throw new Error('of the work');
  });
  expect(isStarted).toBe(true);
  await expect(done).rejects.toThrow('of the work');
});

test('a failure is that of its caller even if the work throws in a later turn', async () => {
  const slices = new WorkSlices();
  const before = Promise.all(Array.from({ length: 20 }, () => slices.run(nextTurn)));
  const failing = () => {
    throw new Error('of the work');
  };
  await expect(slices.run(failing)).rejects.toThrow('of the work');
  await before;
});

test('work that is due at the same moment leaves turns of the event loop to others, and keeps its order', async () => {
  const slices = new WorkSlices();
  const started: number[] = [];
  const work = (name: number) =>
    slices.run(async () => {
      started.push(name);
      for (const until = performance.now() + 1; performance.now() < until;) continue;
      return name;
    });
  const names = Array.from({ length: 200 }, (_, index) => index);
  const all = Promise.all(names.map(work));
  const startedByTurn: number[] = [];
  while (started.length < names.length) {
    startedByTurn.push(started.length);
    await nextTurn();
  }
  expect(await all).toEqual(names);
  expect(started).toEqual(names);
  // 200 ms of work in slices that end with the first work after 2 ms.
  expect(startedByTurn.length).toBeGreaterThan(20);
});

test('lanes take turns, so that little work does not wait for much', async () => {
  const slices = new WorkSlices();
  const started: string[] = [];
  const work = (lane: string) =>
    slices.run(async () => {
      started.push(lane);
      for (const until = performance.now() + 0.2; performance.now() < until;) continue;
    }, lane);
  const much = Array.from({ length: 3_000 }, () => work('much'));
  await Promise.all([work('little'), work('other')]);
  expect(started.length).toBeLessThan(100);
  await Promise.all(much);
  expect(started).toHaveLength(3_002);
});
