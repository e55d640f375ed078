import type { Closable } from '@marquee/chassis/process/closers';
import { type RateLimit, TokenBucket } from '@marquee/chassis/http/token-bucket';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { LRUCache } from 'lru-cache';

/** Token buckets by key. */
export interface TokenBuckets extends Closable {
  /** Takes one token out; 0 when there was one, otherwise the seconds until there is one. */
  take(key: string, size: RateLimit): number | Promise<number>;
}

/** Keys that are remembered in this process; the one that was quiet for longest is forgotten first, and begins anew. */
const rememberedKeys = 100_000;

export function memoryBuckets(now: () => number = () => performance.now()): TokenBuckets {
  const buckets = new LRUCache<string, TokenBucket>({ max: rememberedKeys });
  return {
    close: () => buckets.clear(),
    take(key, pace) {
      const bucket = buckets.get(key) ?? new TokenBucket(pace, now);
      buckets.set(key, bucket);
      return bucket.take(pace);
    },
  };
}

/**
 * Buckets that all replicas share, in Redis and by its clock. While it is away each replica counts for itself: that
 * lets a client have more, and never less.
 */
export async function redisBuckets(url: string, prefix: string, log: Logger): Promise<TokenBuckets> {
  const { connectRedis } = await import('@marquee/chassis/bus/redis-connection');
  const { redis, close } = connectRedis(url, { name: 'rate limit', log });
  const own = memoryBuckets();
  return {
    close,
    async take(key, size) {
      if (redis.status !== 'ready') return own.take(key, size);
      try {
        return Number(await redis.eval(script, 1, `${prefix}rate:${key}`, size.perSecond, size.burst));
      } catch {
        return own.take(key, size);
      }
    },
  };
}

/** The same arithmetic as above, in one step of Redis. A full bucket is forgotten. */
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
