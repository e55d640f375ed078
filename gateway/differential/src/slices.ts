import { hash } from './hash.js';

/** A part of a run that one process checks. */
export interface Slice {
  supergraph: string;
  seed: number;
  runs: number;
}

/** Maximum of operations per slice. */
const sliceRuns = 2_500;

/**
 * Divides a run into slices with seeds of their own. The first slice has the given seed, so that a counterexample is
 * found again with the seed and the number of operations of its slice.
 */
export function divideRun(supergraphs: readonly string[], seeds: readonly number[], runs: number): Slice[] {
  const counts = Array.from({ length: Math.ceil(runs / sliceRuns) }, (_, index) =>
    Math.min(sliceRuns, runs - index * sliceRuns),
  );
  return seeds.flatMap((seed) =>
    supergraphs.flatMap((supergraph) =>
      counts.map((count, index) => ({ supergraph, seed: seedOf(seed, index), runs: count })),
    ),
  );
}

function seedOf(seed: number, index: number): number {
  return index === 0 ? seed : hash(`${seed} ${index}`) % 2 ** 31;
}

export function nameOf({ supergraph, seed, runs }: Slice): string {
  return `${supergraph} ${seed} ${runs}`;
}
