import { expect, test } from '@jest/globals';
import { type MemoryGrowth, measureGrowth } from '../src/soak/memory-growth.js';

test('accepts a process that only produces garbage', () => {
  expect(growthOver(() => 150)).toEqual({ before: 150, after: 150, isBounded: true });
});

test('accepts growth during the warm-up', () => {
  expect(growthOver((sample) => Math.min(150, 60 + 3 * sample))).toMatchObject({ isBounded: true });
});

test('detects growth of 5 MB per minute beneath garbage', () => {
  expect(growthOver((sample) => 150 + sample * (5 / perMinute))).toMatchObject({ isBounded: false });
});

test('ignores a minute after a full garbage collection', () => {
  const dip = (sample: number): number => (sample >= 48 && sample < 60 ? 134 : 166);
  expect(growthOver(dip)).toEqual({ before: 166, after: 166, isBounded: true });
});

test('detects a step of 20 MB', () => {
  expect(growthOver((sample) => (sample < 85 ? 150 : 170))).toMatchObject({ isBounded: false });
});

const perMinute = 12;

/** Growth over ten minutes of a heap that is collected at every seventh sample, above a floor. */
function growthOver(floor: (sample: number) => number): MemoryGrowth {
  const held = Array.from({ length: 10 * perMinute }, (_, sample) => floor(sample) + (sample % 7) * 9);
  return measureGrowth(held, perMinute);
}
