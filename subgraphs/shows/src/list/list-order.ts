import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import { episodeOrder, titleEnd } from '../shows/index-keys.js';

/** An entry of an index: at least the attributes that every index projects. */
export interface IndexEntry {
  slug: string;
  episodeCount: number;
  /** Absent in other indexes than that of titles. */
  titleOrder?: string;
}

/** The order of the entries of an index, and how cursors refer to positions in it. */
export interface ListOrder {
  /** The content of a cursor. */
  cursor: z.ZodType<Keyset>;
  keyset(entry: IndexEntry): Keyset;
  /** The range key attribute of the index. */
  rangeKey: string;
  /** The range key from which to read everything after a cursor. */
  rangeStart(keyset: Keyset): string | number;
  /** The position up to which all entries have been read when a Query ends with this `LastEvaluatedKey`. */
  evaluatedUpTo(lastEvaluatedKey: Record<string, unknown>): Keyset;
}

/** Of ASCII, as slugs are: the bounds of a forged cursor are then also in the same order for DynamoDB as for this code. */
const slugShape = z
  .string()
  .max(300)
  .regex(/^[ -~]*$/);
const countShape = z.int().min(0);

export const bySlug: ListOrder = {
  cursor: z.tuple([slugShape.min(1)]),
  keyset: ({ slug }) => [slug],
  rangeKey: 'slug',
  rangeStart: ([slug]) => String(slug),
  evaluatedUpTo: (key) => [String(key['slug'])],
};

/**
 * For the index whose range key is the padded count followed by the slug. A cursor with an empty slug is before all shows of
 * its count.
 */
export const byEpisodesThenSlug: ListOrder = {
  cursor: z.tuple([countShape, slugShape]),
  keyset: ({ episodeCount, slug }) => [episodeCount, slug],
  rangeKey: 'episodeOrder',
  rangeStart: ([count, slug]) => episodeOrder(Number(count), String(slug)),
  evaluatedUpTo: (key) => [Number(String(key['episodeOrder']).split('#', 1)[0]), String(key['slug'])],
};

/** For the index whose range key is the words of the title followed by the slug. Of that key, `titleEnd` marks the cursors. */
export const byTitleThenSlug: ListOrder = {
  cursor: z.tuple([
    z
      .string()
      .max(500)
      // Of characters that are in the same order for DynamoDB as for this code, as `sortedTitle` leaves them.
      .regex(new RegExp(`^[^\\p{C}\\u{10000}-\\u{10FFFF}]*${titleEnd}[ -~]*$`, 'u')),
  ]),
  keyset: ({ titleOrder = '' }) => [titleOrder],
  rangeKey: 'titleOrder',
  rangeStart: ([order]) => String(order),
  evaluatedUpTo: (key) => [String(key['titleOrder'])],
};

/** Negative if the first is before the second. Neither slugs nor sorted titles have characters whose order as UTF-8 differs. */
export function compareKeysets(one: Keyset, other: Keyset): number {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? null;
    if (value === against) continue;
    return value !== null && against !== null && value < against ? -1 : 1;
  }
  return 0;
}
