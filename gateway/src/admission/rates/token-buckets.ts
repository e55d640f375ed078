import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type RateLimit, TokenBucket } from '@marquee/chassis/http/token-bucket';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { LRUCache } from 'lru-cache';

/** Token buckets by key. */
export interface TokenBuckets extends Closable {
  /** Takes tokens, one by default. @returns 0, or the seconds until there are enough in the bucket */
  take(key: string, limit: RateLimit, count?: number): number | Promise<number>;
  /** Takes tokens whether there are enough or not, or returns them if the count is negative. */
  correct(key: string, limit: RateLimit, count: number): void;
}

/** Buckets in this process. The least recently used is evicted first, and is full when its key returns. */
const maxBuckets = 100_000;

export function memoryBuckets(now: () => number = () => performance.now()): TokenBuckets {
  const buckets = new LRUCache<string, TokenBucket>({ max: maxBuckets });
  const bucketOf = (key: string, limit: RateLimit): TokenBucket =>
    getOrCreate<string, TokenBucket>(buckets, key, () => new TokenBucket(limit, now));
  return {
    close: () => buckets.clear(),
    take: (key, limit, count) => bucketOf(key, limit).take(limit, count),
    correct: (key, limit, count) => bucketOf(key, limit).correct(limit, count),
  };
}

/** Milliseconds that Redis has to answer, before the replica counts on its own. */
export const answerMs = 250;

/**
 * Buckets in Redis, which all replicas share, by the clock of Redis. While Redis is unreachable or slow each replica counts
 * on its own, so that a client may send more requests and never fewer.
 */
export async function redisBuckets(url: string, prefix: string, log: Logger): Promise<TokenBuckets> {
  const [{ connectRedis }, { BoundedRedis }] = await Promise.all([
    import('@marquee/chassis/bus/redis-connection'),
    import('@marquee/chassis/bus/bounded-redis'),
  ]);
  const shared = new BoundedRedis(connectRedis(url, { name: 'rate limit', log }), answerMs);
  const local = memoryBuckets();
  /** Undefined if Redis does not answer in time. */
  const evaluate = (key: string, { perSecond, burst }: RateLimit, count: number, mode: 'take' | 'correct') =>
    shared.ask(async (redis) =>
      String(await redis.eval(script, 1, `${prefix}rate:${key}`, perSecond, burst, count, mode)),
    );
  return {
    close: () => shared.close(),
    async take(key, limit, count = 1) {
      const waitSeconds = await evaluate(key, limit, count, 'take');
      return waitSeconds === undefined ? local.take(key, limit, count) : Number(waitSeconds);
    },
    correct(key, limit, count) {
      void evaluate(key, limit, count, 'correct').then((done) => {
        if (done === undefined) local.correct(key, limit, count);
      });
    },
  };
}

/** The arithmetic of `TokenBucket`, atomically in Redis. The key expires once its bucket is full again. */
const script = `
  local clock = redis.call('TIME')
  local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
  local perSecond, burst, amount = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local stored = redis.call('HMGET', KEYS[1], 'tokens', 'at')
  local tokens, at = tonumber(stored[1]) or burst, tonumber(stored[2]) or now
  tokens = math.min(burst, tokens + math.max(0, now - at) * perSecond)
  local wait = 0
  if ARGV[4] == 'correct' then tokens = math.max(-burst, math.min(burst, tokens - amount))
  elseif tokens < amount then wait = (amount - tokens) / perSecond else tokens = tokens - amount end
  redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(2 * burst / perSecond * 1000) + 1000)
  return tostring(wait)`;
