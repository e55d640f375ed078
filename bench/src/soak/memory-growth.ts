import { quantile } from '../measuring/quantile.js';

/** The memory floor of a process in two parts of a soak, in MB. */
export interface MemoryGrowth {
  /** Second third, after the warm-up. */
  before: number;
  /** Last third. */
  after: number;
  isBounded: boolean;
}

/** Tolerated growth, as a share and in MB: garbage collections are not synchronised with the samples. */
const toleratedShare = 0.05;
const toleratedMb = 10;

/**
 * Compares the memory floors of a process, since memory above the floor is garbage. The floor is the median of the
 * minimum of each minute: a full collection lowers a single minute only.
 * @param samples memory in MB at equal intervals
 * @param perMinute samples per minute
 */
export function measureGrowth(samples: readonly number[], perMinute: number): MemoryGrowth {
  const third = Math.ceil(samples.length / 3);
  const before = medianFloor(samples.slice(-2 * third, -third), perMinute);
  const after = medianFloor(samples.slice(-third), perMinute);
  return { before, after, isBounded: after - before <= Math.max(toleratedMb, before * toleratedShare) };
}

function medianFloor(samples: readonly number[], perMinute: number): number {
  const floors: number[] = [];
  for (let from = 0; from < samples.length; from += perMinute)
    floors.push(Math.min(...samples.slice(from, from + perMinute)));
  return quantile(floors, 0.5);
}
