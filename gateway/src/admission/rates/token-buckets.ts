import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type RateLimit, TokenBucket } from '@marquee/chassis/http/token-bucket';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { LRUCache } from 'lru-cache';

/** Token buckets by key. */
export interface TokenBuckets extends Closable {
  /** Takes one token. @returns 0, or the seconds until there is a token if the bucket is empty */
  take(key: string, limit: RateLimit): number | Promise<number>;
}

/** Buckets in this process. The least recently used is evicted first, and is full when its key returns. */
const maxBuckets = 100_000;

export function memoryBuckets(now: () => number = () => performance.now()): TokenBuckets {
  const buckets = new LRUCache<string, TokenBucket>({ max: maxBuckets });
  return {
    close: () => buckets.clear(),
    take: (key, limit) => getOrCreate<string, TokenBucket>(buckets, key, () => new TokenBucket(limit, now)).take(limit),
  };
}

/**
 * Buckets in Redis, which all replicas share, by the clock of Redis. While Redis is unreachable each replica counts on
 * its own, so that a client may send more requests and never fewer.
 */
export async function redisBuckets(url: string, prefix: string, log: Logger): Promise<TokenBuckets> {
  const { connectRedis } = await import('@marquee/chassis/bus/redis-connection');
  const { redis, close } = connectRedis(url, { name: 'rate limit', log });
  const local = memoryBuckets();
  return {
    close,
    async take(key, limit) {
      if (redis.status !== 'ready') return local.take(key, limit);
      try {
        return Number(await redis.eval(script, 1, `${prefix}rate:${key}`, limit.perSecond, limit.burst));
      } catch {
        return local.take(key, limit);
      }
    },
  };
}

/** The arithmetic of `TokenBucket`, atomically in Redis. The key expires once its bucket is full again. */
const script = `
  local clock = redis.call('TIME')
  local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
  local perSecond, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
  local stored = redis.call('HMGET', KEYS[1], 'tokens', 'at')
  local tokens, at = tonumber(stored[1]) or burst, tonumber(stored[2]) or now
  tokens = math.min(burst, tokens + math.max(0, now - at) * perSecond)
  local wait = 0
  if tokens < 1 then wait = (1 - tokens) / perSecond else tokens = tokens - 1 end
  redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(burst / perSecond * 1000) + 1000)
  return tostring(wait)`;
