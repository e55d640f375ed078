import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import { episodeOrder } from '../shows/index-keys.js';

/** An entry of an index: at least what the indexes project. */
export interface IndexEntry {
  slug: string;
  episodeCount: number;
}

/** How the rows of an index follow each other, and how a cursor stands among them. */
export interface ListOrder {
  /** Whether rows with equal range keys exist, which DynamoDB orders as it likes. */
  ties: boolean;
  /** What a cursor holds. */
  shape: z.ZodType<Keyset>;
  keyset(entry: IndexEntry): Keyset;
  /** The attribute that is the index's range key. */
  range: string;
  /** The range key to read from, so that nothing behind the cursor is left out. */
  rangeFrom(keyset: Keyset): string | number;
  /** Up to where every row is known, once DynamoDB has looked at this item and stopped there. */
  reached(key: Record<string, unknown>): Keyset;
}

const slugShape = z.string().min(1).max(300);
const countShape = z.int().min(0);

export const bySlug: ListOrder = {
  ties: false,
  shape: z.tuple([slugShape]),
  keyset: ({ slug }) => [slug],
  range: 'slug',
  rangeFrom: ([slug]) => String(slug),
  reached: (key) => [String(key['slug'])],
};

/** By the index whose range key is the padded count and the slug. */
export const episodesThenSlug: ListOrder = {
  ties: false,
  shape: z.tuple([countShape, slugShape]),
  keyset: ({ episodeCount, slug }) => [episodeCount, slug],
  range: 'episodeOrder',
  rangeFrom: ([count, slug]) => episodeOrder(Number(count), String(slug)),
  reached: (key) => [Number(String(key['episodeOrder']).split('#', 1)[0]), String(key['slug'])],
};

/** By the index whose range key is the count alone. The slug of a cursor is empty when it stands before a whole group. */
export const episodesTied: ListOrder = {
  ties: true,
  shape: z.tuple([countShape, z.string().max(300)]),
  keyset: ({ episodeCount, slug }) => [episodeCount, slug],
  range: 'episodeCount',
  rangeFrom: ([count]) => Number(count),
  reached: (key) => [Number(key['episodeCount']), ''],
};

/** Below 0 when the first stands before the second. Slugs compare by code unit, as their bytes do: they are ASCII. */
export function compareKeysets(one: Keyset, other: Keyset): number {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? null;
    if (value === against) continue;
    return value !== null && against !== null && value < against ? -1 : 1;
  }
  return 0;
}
