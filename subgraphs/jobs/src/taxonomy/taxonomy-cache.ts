import type { CacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';

/** Seconds for which gateways, CDNs and browsers may keep terms. Gateways do not answer with older ones than were written. */
export const cacheSeconds = 300;

/** The tag of the whole taxonomy. */
export const taxonomyTag = 'taxonomy';

/** The tag of one term. */
export const termTagFormat = 'taxonomy-term-{$key.id}';

/** Invalidates a cached term and all cached lists of terms. */
export function invalidateTerm(cache: CacheInvalidator, id: string): Promise<void> {
  return cache.invalidate([taxonomyTag, `taxonomy-term-${id}`]);
}
