/** Chance that comes out the same again for the same seed. */
export interface Random {
  /** A number from 0 up to 1. */
  next(): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  between(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
  shuffled<Item>(items: readonly Item[]): Item[];
  /** Another chance, whose course does not depend on how often this one is asked later. */
  branch(): Random;
}

/** The generator mulberry32: 32 bits of state, enough for a drill. */
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
    between: (least, most) => least + random.next() * (most - least),
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
