/** Deterministic random numbers. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  between(min: number, max: number): number;
  pick<Item>(items: readonly Item[]): Item;
  shuffled<Item>(items: readonly Item[]): Item[];
  /** A separate generator, independent of later calls to this one. */
  branch(): Random;
}

/** The generator mulberry32, with 32 bits of state. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    below: (limit) => Math.floor(random.next() * limit),
    between: (min, max) => min + random.next() * (max - min),
    pick: (items) => items[random.below(items.length)] as (typeof items)[number],
    shuffled: (items) =>
      items
        .map((item) => ({ item, rank: random.next() }))
        .sort((one, other) => one.rank - other.rank)
        .map(({ item }) => item),
    branch: () => seededRandom(random.below(2 ** 31)),
  };
  return random;
}
