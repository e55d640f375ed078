import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Closable } from '../process/closers.js';
import type { RedisConnection } from './redis-connection.js';

/** Milliseconds between two attempts to find out whether a Redis that was too slow answers again. */
const retryMs = 500;

/**
 * Redis for data that a request can do without. A call is given up after a time; from then on Redis is not asked until it
 * has answered a ping, so that no request waits for one that is slow or silent.
 */
export class BoundedRedis implements Closable {
  #isSuspended = false;
  #isClosed = false;

  /** @param timeoutMs milliseconds that a call may take */
  constructor(
    private readonly connection: RedisConnection,
    private readonly timeoutMs: number,
  ) {}

  get isAvailable(): boolean {
    return this.connection.redis.status === 'ready' && !this.#isSuspended;
  }

  /** The result of a call; undefined if Redis is not available, fails, or takes too long. */
  async ask<Result>(call: (redis: Redis) => Promise<Result>): Promise<Result | undefined> {
    if (!this.isAvailable) return undefined;
    const result = await this.#withinTimeout(call);
    if (result === undefined && !this.#isSuspended) void this.#suspend();
    return result;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.connection.close();
  }

  /** A connection whose ping gets no answer is replaced: answers to later calls might belong to earlier ones. */
  async #suspend(): Promise<void> {
    this.#isSuspended = true;
    const { redis } = this.connection;
    do {
      await wait(retryMs, undefined, { ref: false });
      if (redis.status !== 'ready') continue;
      if ((await this.#withinTimeout(() => redis.ping())) === 'PONG') break;
      if (!this.#isClosed) redis.disconnect(true);
    } while (!this.#isClosed);
    this.#isSuspended = false;
  }

  #withinTimeout<Result>(call: (redis: Redis) => Promise<Result>): Promise<Result | undefined> {
    const answer = call(this.connection.redis).catch(() => undefined);
    return new Promise((resolve) => {
      // After a blocked event loop, timers come before the answers that have arrived meanwhile.
      const timer = setTimeout(() => setImmediate(() => resolve(undefined)), this.timeoutMs);
      void answer.then((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  }
}
