import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import type { CachePolicy } from '../engine/caching/cache-policy.js';
import { developmentHeaders } from '../identity/development-identity.js';

/** The headers by which caches between the gateway and a client know whether they may keep a response. */
export interface CacheHeaders {
  /** For a response that may be cached. */
  cacheable(policy: CachePolicy): Map<string, string>;
  /** For any other response. */
  uncacheable: Map<string, string>;
}

export interface CacheHeadersOptions {
  /** Whether development headers identify callers. */
  DEV_IDENTITY: boolean;
  /** Whether all callers need a token, so that no response is public. */
  isPrivate?: boolean;
}

/**
 * Responses differ by the origin (CORS) and by the media type. Caches keep them apart by caller too, although public
 * ones are the same for all: a caller who may not use the gateway must not get one from a cache.
 */
export function createCacheHeaders({ DEV_IDENTITY, isPrivate = false }: CacheHeadersOptions): CacheHeaders {
  const vary = ['origin', 'accept', 'authorization', ...(DEV_IDENTITY ? developmentHeaders : [])].join(', ');
  return {
    // A policy is the same object for nearly all responses of an operation.
    cacheable: memoizeWeak(({ maxAge, scope }: CachePolicy) => {
      const audience = isPrivate || scope === 'PRIVATE' ? 'private' : 'public';
      return new Map([
        ['cache-control', `max-age=${maxAge}, ${audience}`],
        ['vary', vary],
      ]);
    }),
    uncacheable: new Map([['cache-control', 'no-store']]),
  };
}
