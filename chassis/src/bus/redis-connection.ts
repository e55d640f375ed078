import { Redis } from 'ioredis';
import type { Logger } from '../telemetry/log.js';
import { backoffDelay } from '../timing/backoff.js';

export interface RedisConnection {
  redis: Redis;
  /** Closes the connection for good. Commands already sent are answered first if the server responds. */
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  /** The connection's name in the log. */
  name: string;
  log: Logger;
}

/**
 * Milliseconds until the server is connected, until a command fails and a silent connection is replaced, and between two
 * pings. Together with the back-off they are less than 5 s: so soon after a silence the connection works again.
 */
export const redisLimits = { connectMs: 2_000, answerMs: 3_500, pingIntervalMs: 2_000 };

const reconnectBackoff = { baseMs: 50, maxMs: 1_000 };

/**
 * Opens a connection to Redis that reconnects until it is closed, with exponential back-off and jitter. Commands fail at
 * once while it is down instead of being queued: the caller decides whether one is still useful later. Each outage is
 * logged once.
 */
export function connectRedis(url: string, options: RedisConnectionOptions): RedisConnection {
  const redis = new Redis(url, {
    // Pub/sub needs nothing of version 3, and servers before 6 support only 2.
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: redisLimits.connectMs,
    commandTimeout: redisLimits.answerMs,
    socketTimeout: redisLimits.answerMs,
    disconnectTimeout: 100,
    retryStrategy: (attempt) => backoffDelay(attempt, reconnectBackoff),
  });
  logOutages(redis, options);
  const timer = setInterval(() => void replaceIfSilent(redis), redisLimits.pingIntervalMs);
  return {
    redis,
    async close() {
      clearInterval(timer);
      if (redis.status === 'ready') await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}

/** Subscribers send nothing else, so that only a ping shows that their connection is dead. */
async function replaceIfSilent(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') return;
  const { stream } = redis;
  try {
    await redis.ping();
  } catch {
    // Otherwise it was replaced meanwhile.
    if (redis.stream === stream) redis.disconnect(true);
  }
}

function logOutages(redis: Redis, { name, log }: RedisConnectionOptions): void {
  let isDown = false;
  redis.on('error', (err) => onDown(err));
  redis.on('close', () => onDown());
  redis.on('ready', () => {
    if (isDown) log.info(`the ${name} connection to Redis is restored`);
    isDown = false;
  });

  function onDown(err?: Error): void {
    if (isDown || redis.status === 'end') return;
    isDown = true;
    log.warn({ err }, `the ${name} connection to Redis is lost`);
  }
}
