import { quantile } from '../measuring/quantile.js';

/** What a process held in each part of a soak when it held little, in MB. */
export interface MemoryGrowth {
  /** The second third, when everything is warm. */
  before: number;
  /** The last third. */
  after: number;
  isBounded: boolean;
}

/** So much more may be held and nobody grows: heaps are collected when they care to. */
const share = 0.05;
const least = 10;

/**
 * Judges a process by its floors, for what lies above them is garbage: what it held at the least in each minute, and of
 * these the middle one, since a heap that is collected as a whole lies lower for that minute alone.
 * @param samples what it held, in MB, at equal times
 * @param perMinute how many of these there are in a minute
 */
export function measureGrowth(samples: readonly number[], perMinute: number): MemoryGrowth {
  const third = Math.ceil(samples.length / 3);
  const before = medianFloor(samples.slice(-2 * third, -third), perMinute);
  const after = medianFloor(samples.slice(-third), perMinute);
  return { before, after, isBounded: after - before <= Math.max(least, before * share) };
}

function medianFloor(samples: readonly number[], perMinute: number): number {
  const floors: number[] = [];
  for (let from = 0; from < samples.length; from += perMinute)
    floors.push(Math.min(...samples.slice(from, from + perMinute)));
  return quantile(floors, 0.5);
}
