import type { RedisConnection } from '@marquee/chassis/bus/redis-connection';
import { tagVersionKey } from '@marquee/chassis/caching/tag-versions';
import { bypassed } from './cache-metrics.js';
import type { CacheStore, StoreEntry, StoreReading } from './cache-store.js';

/** Milliseconds for which a Redis that was too slow is not asked again. */
const pauseMs = 1_000;

export interface RedisStoreOptions {
  /** Of all keys. */
  prefix: string;
  /** Milliseconds that a read may take. */
  timeoutMs: number;
}

/** Keeps results in Redis, which all gateways share. Services invalidate tags there, see `cache-invalidator`. */
export class RedisStore implements CacheStore {
  #pausedUntil = 0;

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: RedisStoreOptions,
  ) {}

  async read(keys: readonly string[], tags: readonly string[]): Promise<StoreReading | undefined> {
    if (!this.#isAvailable()) return this.#bypass();
    const names = [
      ...keys.map((key) => this.#keyOf(key)),
      ...tags.map((tag) => tagVersionKey(this.options.prefix, tag)),
    ];
    // One command, so that versions and entries are of the same moment.
    const read = this.connection.redis.mget(names).catch(() => undefined);
    const values = await withinMs(read, this.options.timeoutMs);
    if (values === undefined) {
      this.#pausedUntil = performance.now() + pauseMs;
      return this.#bypass();
    }
    return { texts: values.slice(0, keys.length), versions: values.slice(keys.length).map((version) => version ?? '') };
  }

  write(entries: readonly StoreEntry[]): void {
    if (!this.#isAvailable()) return;
    const pipeline = this.connection.redis.pipeline();
    for (const { key, text, ttlMs } of entries) pipeline.set(this.#keyOf(key), text, 'PX', ttlMs);
    pipeline.exec().catch(() => undefined);
  }

  /** Services invalidate their tags themselves. */
  onMutation(): void {}

  close(): Promise<void> {
    return this.connection.close();
  }

  #isAvailable(): boolean {
    return this.connection.redis.status === 'ready' && performance.now() >= this.#pausedUntil;
  }

  #bypass(): undefined {
    bypassed.value += 1;
  }

  #keyOf(key: string): string {
    return `${this.options.prefix}cache:${key}`;
  }
}

/** The result; undefined if it takes longer. */
function withinMs<Result>(result: Promise<Result>, milliseconds: number): Promise<Result | undefined> {
  return new Promise((resolve) => {
    // After a blocked event loop, timers come before the responses that have arrived meanwhile.
    const timer = setTimeout(() => setImmediate(() => resolve(undefined)), milliseconds);
    void result.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
