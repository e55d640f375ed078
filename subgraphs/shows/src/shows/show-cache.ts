import type { CacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';

/** Seconds for which gateways, CDNs and browsers may keep shows. Gateways do not answer with older ones than were written. */
export const cacheSeconds = 60;

/** The tag of every list of shows. */
export const listTag = 'shows';

/** The tag of one show, as a format. @param slug the place of the slug, for example `$key.slug` */
export function showTagFormat(slug: '$key.slug' | '$args.slug'): string {
  return `show-{${slug}}`;
}

/** Invalidates cached shows and all cached lists. Call it after shows were written. */
export async function invalidateShows(cache: CacheInvalidator, slugs: readonly string[]): Promise<void> {
  if (slugs.length > 0) await cache.invalidate([listTag, ...slugs.map((slug) => `show-${slug}`)]);
}
