import { Redis } from 'ioredis';
import type { Logger } from '../telemetry/log.js';

export interface RedisConnection {
  redis: Redis;
  /** Ends it for good: what was sent is answered first when the other end is there. */
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  /** What the log calls it. */
  name: string;
  log: Logger;
}

/** Longest wait for an answer, in milliseconds; a connection that is silent for longer is opened anew. */
const patience = 5_000;

/** Milliseconds between two looks whether the other end is still there. */
const heartbeat = 10_000;

/** Longest pause between two attempts to connect, in milliseconds. */
const longestPause = 2_000;

/**
 * A connection to Redis that is opened again for as long as it is not left. Commands are refused while it is down, not
 * kept: who sent one decides what it is worth later. The log tells of each outage once.
 */
export function connectRedis(url: string, options: RedisConnectionOptions): RedisConnection {
  const redis = new Redis(url, {
    // Pub/sub needs nothing of version 3, and servers before 6 speak 2 alone.
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: patience,
    socketTimeout: patience,
    disconnectTimeout: 100,
    retryStrategy: pauseBefore,
  });
  tellOutages(redis, options);
  const pulse = setInterval(() => redis.status === 'ready' && void redis.ping().catch(() => undefined), heartbeat);
  return {
    redis,
    async close() {
      clearInterval(pulse);
      if (redis.status === 'ready') await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}

/** Doubles from 50 ms, and is spread so that replicas do not come back all at once. */
function pauseBefore(attempt: number): number {
  const pause = Math.min(longestPause, 50 * 2 ** Math.min(attempt - 1, 10));
  return pause * (0.5 + Math.random() / 2);
}

function tellOutages(redis: Redis, { name, log }: RedisConnectionOptions): void {
  let isDown = false;
  redis.on('error', (err) => down(err));
  redis.on('close', () => down());
  redis.on('ready', () => {
    if (isDown) log.info(`the bus has its ${name} connection again`);
    isDown = false;
  });

  function down(err?: Error): void {
    if (isDown || redis.status === 'end') return;
    isDown = true;
    log.warn({ err }, `the bus has lost its ${name} connection`);
  }
}
