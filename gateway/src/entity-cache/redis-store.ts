import type { BoundedRedis } from '@marquee/chassis/bus/bounded-redis';
import { tagVersionKey } from '@marquee/chassis/caching/tag-versions';
import { bypassed } from './cache-metrics.js';
import type { CacheStore, StoreEntry, StoreReading } from './cache-store.js';

/** Keeps results in Redis, which all gateways share. Services invalidate tags there, see `cache-invalidator`. */
export class RedisStore implements CacheStore {
  /** @param prefix the prefix of all keys */
  constructor(
    private readonly redis: BoundedRedis,
    private readonly prefix: string,
  ) {}

  async read(keys: readonly string[], tags: readonly string[]): Promise<StoreReading | undefined> {
    const names = [...keys.map((key) => this.#keyOf(key)), ...tags.map((tag) => tagVersionKey(this.prefix, tag))];
    // One command, so that versions and entries are of the same moment.
    const values = await this.redis.ask((redis) => redis.mget(names));
    if (!values) {
      bypassed.value += 1;
      return undefined;
    }
    return { texts: values.slice(0, keys.length), versions: values.slice(keys.length).map((version) => version ?? '') };
  }

  write(entries: readonly StoreEntry[]): void {
    void this.redis.ask((redis) => {
      const pipeline = redis.pipeline();
      for (const { key, text, ttlMs } of entries) pipeline.set(this.#keyOf(key), text, 'PX', ttlMs);
      return pipeline.exec();
    });
  }

  /** Services invalidate their tags themselves. */
  onMutation(): void {}

  close(): Promise<void> {
    return this.redis.close();
  }

  #keyOf(key: string): string {
    return `${this.prefix}cache:${key}`;
  }
}
