/** Random numbers that depend on their seed only. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  between(min: number, max: number): number;
  /** Whether an event of this probability happens. */
  happens(probability: number): boolean;
  /** @throws Error if there are no items */
  pick<Item>(items: readonly Item[]): Item;
  shuffled<Item>(items: readonly Item[]): Item[];
  /** A separate generator, independent of later calls to this one. */
  branch(): Random;
}

/** The generator mulberry32 of Tommy Ettinger, with 32 bits of state. A text as seed is hashed by FNV-1a. */
export function seededRandom(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed | 0 : hashOf(seed);
  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    below: (limit) => Math.floor(random.next() * limit),
    between: (min, max) => min + random.next() * (max - min),
    happens: (probability) => random.next() < probability,
    pick(items) {
      if (items.length === 0) throw new Error('There is nothing to pick from.');
      return items[random.below(items.length)] as (typeof items)[number];
    },
    shuffled: (items) =>
      items
        .map((item) => ({ item, rank: random.next() }))
        .sort((one, other) => one.rank - other.rank)
        .map(({ item }) => item),
    branch: () => seededRandom(random.below(2 ** 31)),
  };
  return random;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
