import type { ShowValues } from './show-row.js';
import { normalizeText, titleWords } from './title-words.js';

/** The partitions of the listing: shows with drm, and the others. */
export const partitions = { drm: 'drm', open: 'open' } as const;

/** The value of `drmKey` for a show with drm; the others have none, and so stay out of `gsi_drm_episode`. */
export const drmKey = 1;

/**
 * What the indexes read, made from the values that are written. Each attribute comes from one value (and the slug),
 * so that an update needs no read. Null means that the show is to leave the index.
 */
export function indexKeys(slug: string, values: Partial<ShowValues>): Record<string, string | number | null> {
  const { drm, episodeCount, genre, country, title } = values;
  return {
    ...(drm !== undefined && { drmKey: drm ? drmKey : null, shelf: drm ? partitions.drm : partitions.open }),
    ...(episodeCount !== undefined && { episodeOrder: episodeOrder(episodeCount, slug) }),
    ...(genre !== undefined && { genreKey: genre && groupKey(genre) }),
    ...(country !== undefined && { countryKey: country && groupKey(country) }),
    ...(title !== undefined && { titleWords: titleWords(title) }),
  };
}

/** A text that sorts as the count does, and by slug where counts are equal. */
export function episodeOrder(episodeCount: number, slug: string): string {
  return `${paddedCount(episodeCount)}#${slug}`;
}

/** As many digits as the largest Int of GraphQL has. */
export function paddedCount(episodeCount: number): string {
  return String(episodeCount).padStart(10, '0');
}

/** A genre or country without regard to case and accents; short enough for an index key whatever it is made of. */
export function groupKey(name: string): string | null {
  return normalizeText(name).slice(0, 200) || null;
}
