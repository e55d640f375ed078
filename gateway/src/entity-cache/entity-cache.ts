import type { BusSettings } from '@marquee/chassis/bus/open-bus';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { Fetcher } from '../engine/fetcher.js';
import { cacheLookups } from './cache-metrics.js';
import type { CacheStore } from './cache-store.js';
import { createCachedFetcher } from './cached-fetcher.js';
import { createMemoryStore } from './memory-store.js';
import { RedisStore } from './redis-store.js';

/** A cache of entities and root fields in front of some subgraphs. */
export interface EntityCache extends Closable {
  /** The subgraphs that have a cache. */
  subgraphs: ReadonlySet<string>;
  /** Answers fetches from the cache where it can. */
  inFrontOf(fetcher: Fetcher): Fetcher;
}

export interface EntityCacheOptions {
  settings: Pick<GatewaySettings, 'ENTITY_CACHE' | 'ENTITY_CACHE_BYTES' | 'ENTITY_CACHE_TIMEOUT_SECONDS'> & BusSettings;
  log: Logger;
}

/** Keeps results in Redis if it is configured, otherwise in memory. Without subgraphs to cache it opens nothing. */
export async function openEntityCache({ settings, log }: EntityCacheOptions): Promise<EntityCache> {
  const subgraphs = new Set(settings.ENTITY_CACHE);
  if (subgraphs.size === 0) return { subgraphs, inFrontOf: (fetcher) => fetcher, close: () => undefined };
  for (const service of subgraphs) for (const outcome of ['hit', 'miss'] as const) cacheLookups(service, outcome);
  const store = await openStore(settings, log);
  return { subgraphs, inFrontOf: (fetcher) => createCachedFetcher(fetcher, store), close: () => store.close() };
}

async function openStore(settings: EntityCacheOptions['settings'], log: Logger): Promise<CacheStore> {
  const { REDIS_URL: url, BUS_PREFIX: prefix, ENTITY_CACHE_BYTES: maxBytes } = settings;
  if (url === undefined) {
    log.info('the entity cache is limited to this process, since REDIS_URL is not set: run one gateway only');
    return createMemoryStore(maxBytes);
  }
  // Loaded on demand: the Redis client takes a while.
  const [{ connectRedis }, { BoundedRedis }] = await Promise.all([
    import('@marquee/chassis/bus/redis-connection'),
    import('@marquee/chassis/bus/bounded-redis'),
  ]);
  const connection = connectRedis(url, { name: 'entity cache', log });
  return new RedisStore(new BoundedRedis(connection, settings.ENTITY_CACHE_TIMEOUT_SECONDS * 1000), prefix);
}
