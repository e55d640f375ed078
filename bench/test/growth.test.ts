import { expect, test } from '@jest/globals';
import { growthOf } from '../src/soak/growth.js';

test('a process that only makes garbage does not grow', () => {
  expect(
    growthOf(
      held(() => 150),
      perMinute,
    ),
  ).toEqual({ before: 150, after: 150, isKept: true });
});

test('a process may grow while it warms up', () => {
  expect(
    growthOf(
      held((look) => Math.min(150, 60 + 3 * look)),
      perMinute,
    ),
  ).toMatchObject({ isKept: true });
});

test('a process that keeps 5 MB a minute grows, whatever garbage it makes besides', () => {
  expect(
    growthOf(
      held((look) => 150 + look * (5 / perMinute)),
      perMinute,
    ),
  ).toMatchObject({ isKept: false });
});

test('a heap that is collected as a whole once does not grow afterwards', () => {
  const dip = (look: number): number => (look >= 48 && look < 60 ? 134 : 166);
  expect(growthOf(held(dip), perMinute)).toEqual({ before: 166, after: 166, isKept: true });
});

test('a process that begins to hold 20 MB more and keeps them grows', () => {
  expect(
    growthOf(
      held((look) => (look < 85 ? 150 : 170)),
      perMinute,
    ),
  ).toMatchObject({ isKept: false });
});

const perMinute = 12;

/** A heap that is collected every seventh look, over what is held for good. */
function held(floor: (look: number) => number): number[] {
  return Array.from({ length: 120 }, (_, look) => floor(look) + (look % 7) * 9);
}
