import type { BusSettings } from '../bus/open-bus.js';
import type { BoundedRedis } from '../bus/bounded-redis.js';
import type { Closable } from '../process/closers.js';
import { observedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { newTagVersion, tagVersionKey, tagVersionSeconds } from './tag-versions.js';

// Exists from the start, so that a chart shows zero and not a gap.
const invalidations = observedValue('marquee.cache.invalidations');

/** Invalidates cached results of a service. */
export interface CacheInvalidator extends Closable {
  /**
   * Invalidates every cached result with one of these tags (`@cacheTag`), in all gateways. Call it after the transaction
   * has committed, and wait for it before the response, so that the writer reads its own write.
   *
   * It never fails: while Redis is unreachable or slow it resolves within half a second, and repeats the invalidation until
   * Redis has it. Gateways use no cache during that time.
   */
  invalidate(tags: readonly string[]): Promise<void>;
}

/** Milliseconds for which a writer waits for Redis. */
export const maxWaitMs = 500;

/** Milliseconds between two attempts, and the maximum number of tags that wait for one. */
const retryMs = 250;
const maxPending = 10_000;

/** Opens an invalidator over the Redis of the bus. Without Redis there is no cache that other processes could invalidate. */
export async function openCacheInvalidator(
  { REDIS_URL: url, BUS_PREFIX: prefix }: BusSettings,
  log: Logger,
): Promise<CacheInvalidator> {
  if (url === undefined) return { invalidate: async () => {}, close: () => undefined };
  // Loaded on demand: the Redis client takes a while.
  const [{ connectRedis }, { BoundedRedis }] = await Promise.all([
    import('../bus/redis-connection.js'),
    import('../bus/bounded-redis.js'),
  ]);
  return new RedisInvalidator(new BoundedRedis(connectRedis(url, { name: 'cache', log }), maxWaitMs), prefix, log);
}

class RedisInvalidator implements CacheInvalidator {
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: BoundedRedis,
    private readonly prefix: string,
    private readonly log: Logger,
  ) {}

  async invalidate(tags: readonly string[]): Promise<void> {
    invalidations.value += tags.length;
    await this.#invalidate(tags);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.redis.close();
  }

  async #invalidate(tags: readonly string[]): Promise<void> {
    const results = await this.redis.ask((redis) => {
      const pipeline = redis.pipeline();
      for (const tag of tags) pipeline.set(tagVersionKey(this.prefix, tag), newTagVersion(), 'EX', tagVersionSeconds);
      return pipeline.exec();
    });
    const failed = tags.filter((_, index) => results?.[index]?.[0] !== null);
    if (failed.length > 0) this.#retryLater(failed);
  }

  /** The connection logs its outages itself. */
  #retryLater(tags: readonly string[]): void {
    for (const tag of tags) if (this.#pending.size < maxPending) this.#pending.add(tag);
    if (this.#pending.size >= maxPending) this.log.error('cache tags cannot be invalidated: too many wait for Redis');
    this.#timer ??= setTimeout(() => this.#retry(), retryMs).unref();
  }

  #retry(): void {
    this.#timer = undefined;
    const tags = [...this.#pending];
    this.#pending.clear();
    void this.#invalidate(tags);
  }
}
