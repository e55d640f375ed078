/** What a process held at the least in each part of a soak, in MB. */
export interface Growth {
  /** The second third, when everything is warm. */
  before: number;
  /** The last third. */
  after: number;
  isKept: boolean;
}

/** A floor may lie so much higher and nobody grows: heaps are collected when they care to. */
const share = 0.1;
const least = 10;

/**
 * Judges a process by its floors, for what lies above them is garbage: what it held at the least in the last third of
 * the time against what it held at the least in the third before.
 */
export function growthOf(samples: readonly number[]): Growth {
  const third = Math.ceil(samples.length / 3);
  const before = Math.min(...samples.slice(-2 * third, -third));
  const after = Math.min(...samples.slice(-third));
  return { before, after, isKept: after - before <= Math.max(least, before * share) };
}
