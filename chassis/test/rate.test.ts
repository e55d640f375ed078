import { expect, test } from '@jest/globals';
import { runAtRate } from '@marquee/testkit/rate';

test('starts calls at a rate without waiting for earlier ones, and ends when all have ended', async () => {
  const over: number[] = [];
  let last: () => void = () => undefined;
  const lastBegun = new Promise<void>((resolve) => (last = resolve));
  await runAtRate(
    1_000,
    (begun) => begun === 5,
    async (_, turn) => {
      if (turn === 4) last();
      await lastBegun;
      over.push(turn);
    },
  );
  expect(over).toHaveLength(5);
});

test('schedules each call relative to the start, however late the one before it was', async () => {
  const dues: number[] = [];
  const started = performance.now();
  await runAtRate(
    10,
    (begun) => begun === 4,
    async (due) => {
      dues.push(due - started);
      const busyUntil = performance.now() + 150;
      while (performance.now() < busyUntil);
    },
  );
  // The call itself may take a few milliseconds before it counts.
  expect(dues.filter((due, turn) => due < turn * 100 || due > turn * 100 + 140)).toEqual([]);
});
