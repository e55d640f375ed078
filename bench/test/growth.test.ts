import { expect, test } from '@jest/globals';
import { growthOf } from '../src/soak/growth.js';

test('a process that only makes garbage does not grow', () => {
  expect(growthOf(held(() => 150))).toEqual({ before: 150, after: 150, isKept: true });
});

test('a process may grow while it warms up', () => {
  expect(growthOf(held((look) => Math.min(150, 60 + 3 * look)))).toMatchObject({ isKept: true });
});

test('a process that keeps 5 MB a minute grows, whatever garbage it makes besides', () => {
  expect(growthOf(held((look) => 150 + look * (5 / 12)))).toMatchObject({ isKept: false });
});

/** A heap that is collected every seventh look, over what is held for good. */
function held(floor: (look: number) => number): number[] {
  return Array.from({ length: 120 }, (_, look) => floor(look) + (look % 7) * 9);
}
