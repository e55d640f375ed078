import { expect, test } from '@jest/globals';
import { type MemoryGrowth, measureGrowth } from '../src/soak/memory-growth.js';

test('a process that only makes garbage does not grow', () => {
  expect(growthOver(() => 150)).toEqual({ before: 150, after: 150, isKept: true });
});

test('a process may grow while it warms up', () => {
  expect(growthOver((look) => Math.min(150, 60 + 3 * look))).toMatchObject({ isKept: true });
});

test('a process that keeps 5 MB a minute grows, whatever garbage it makes besides', () => {
  expect(growthOver((look) => 150 + look * (5 / perMinute))).toMatchObject({ isKept: false });
});

test('a heap that is collected as a whole once does not grow afterwards', () => {
  const dip = (look: number): number => (look >= 48 && look < 60 ? 134 : 166);
  expect(growthOver(dip)).toEqual({ before: 166, after: 166, isKept: true });
});

test('a process that begins to hold 20 MB more and keeps them grows', () => {
  expect(growthOver((look) => (look < 85 ? 150 : 170))).toMatchObject({ isKept: false });
});

const perMinute = 12;

/** Of ten minutes: a heap that is collected every seventh look, over what is held for good. */
function growthOver(floor: (look: number) => number): MemoryGrowth {
  const held = Array.from({ length: 10 * perMinute }, (_, look) => floor(look) + (look % 7) * 9);
  return measureGrowth(held, perMinute);
}
