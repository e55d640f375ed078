import type { ShowValues } from './show-row.js';
import { normalizeText, sortedTitle, titleWords } from './title-words.js';

/** The partitions of the lists: shows with DRM, and shows without. */
export const partitions = { drm: 'drm', open: 'open' } as const;

/**
 * The value of `drmKey` for shows with DRM. Shows without it lack the attribute and are therefore not in
 * `gsi_drm_episode`.
 */
export const drmKey = 1;

/**
 * The attributes that the indexes read, derived from the values that are written. Each attribute depends on one value
 * (and the slug), so that an update needs no read. Null removes the show from the index.
 */
export function indexKeys(slug: string, values: Partial<ShowValues>): Record<string, string | number | null> {
  const { drm, episodeCount, genre, country, title } = values;
  return {
    ...(drm !== undefined && { drmKey: drm ? drmKey : null, shelf: drm ? partitions.drm : partitions.open }),
    ...(episodeCount !== undefined && { episodeOrder: episodeOrder(episodeCount, slug) }),
    ...(genre !== undefined && { genreKey: genre && groupKey(genre) }),
    ...(country !== undefined && { countryKey: country && groupKey(country) }),
    ...(title !== undefined && titleKeys(slug, titleWords(title))),
  };
}

/** Sorts by count and then by slug. */
export function episodeOrder(episodeCount: number, slug: string): string {
  return `${paddedCount(episodeCount)}#${slug}`;
}

/** The attributes of a title, by the words of `titleWords`. */
export function titleKeys(slug: string, words: string): { titleWords: string; titleOrder: string } {
  return { titleWords: words, titleOrder: `${sortedTitle(words)}${titleEnd}${slug}` };
}

/** Ends the title in `titleOrder`. It sorts before the space between two words: "Dark" is before "Dark Tides". */
export const titleEnd = '\t';

/** Padded to the ten digits of the largest GraphQL Int. */
export function paddedCount(episodeCount: number): string {
  return String(episodeCount).padStart(10, '0');
}

/** A genre or country without case and accents, truncated to stay within the size limit of an index key. */
export function groupKey(name: string): string | null {
  return normalizeText(name).slice(0, 200) || null;
}
