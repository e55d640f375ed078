import { setTimeout as wait } from 'node:timers/promises';
import pg, { type ClientConfig, type Pool, type PoolClient } from 'pg';
import { StoreError } from '../errors/store-error.js';
import { currentRequest } from '../telemetry/request-scope.js';
import type { Passwords } from './passwords.js';
import { closeAtOnce } from './run-statement.js';
import { isConnectionLost, isPasswordRefused } from './statement-errors.js';
import { textParsers } from './text-parsers.js';

/** Milliseconds that the server has to accept a connection. */
export const connectMs = 2_000;

/** Milliseconds of silence after which the system checks whether the other side of an idle connection still exists. */
const keepAliveMs = 10_000;

/** Seconds after which a connection is replaced: a server that was added, or a new address, gets its share. */
export const maxLifetimeSeconds = 1_800;

/** Milliseconds for which a new password is waited for after the server has refused the old one, and between attempts. */
export const newPasswordMs = 3_000;
const passwordIntervalMs = 200;

/**
 * Options of the pool of pg. The time-out of its clients does not include waiting for a free one, which that of the pool
 * would.
 *
 * @param passwords the password of each connection. Default: that in the URL
 */
export function poolOptions(passwords?: Passwords): Record<string, unknown> {
  return {
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    maxLifetimeSeconds,
    connectionTimeoutMillis: 0,
    Client: timedClient(passwords),
    types: textParsers,
  };
}

function timedClient(passwords: Passwords | undefined): typeof pg.Client {
  return class extends pg.Client {
    constructor(config: ClientConfig = {}) {
      // The pool hides the password from enumeration.
      super({ ...config, password: config.password, connectionTimeoutMillis: connectMs });
      if (passwords) Object.defineProperty(this, 'password', { value: () => passwords.read(), writable: true });
    }
  };
}

/** Hands out the connections of a pool, without those that are probably dead. */
export class ConnectionPool {
  /** Maximum milliseconds of a statement. */
  statementMs = Infinity;
  /** When the server was found silent: connections that have not answered since then are discarded. */
  #distrustedAt = -Infinity;
  readonly #answeredAt = new WeakMap<PoolClient, number>();

  /**
   * @param pool the pool, which may not be open yet
   * @param passwords where a password that the server refuses may be read again
   */
  constructor(
    private readonly pool: () => Pool,
    private readonly passwords?: Passwords,
  ) {}

  /**
   * Takes a connection. One failed attempt to connect is repeated; while the password changes, further ones for a few
   * seconds. @throws StoreError
   */
  async checkOut(withinMs: number): Promise<PoolClient> {
    const startedAt = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const attemptAt = performance.now();
      try {
        return await this.#take(attempt === 1 ? withinMs : withinMs - (attemptAt - startedAt));
      } catch (failure) {
        if (!(await this.#mayTryAgain(failure, attempt, { startedAt, attemptAt }))) throw unavailable(failure);
      }
    }
  }

  /** Takes a connection back. @param failure why it is discarded */
  checkIn(client: PoolClient, failure?: Error): void {
    if (!failure) this.#answeredAt.set(client, performance.now());
    if (failure) closeAtOnce(client);
    client.release(failure ?? isDirty(client));
  }

  /** The server was silent or lost: other connections to it are probably dead, too. */
  distrust(): void {
    this.#distrustedAt = performance.now();
  }

  /** The store and the server do not change a password at the same moment. */
  async #mayTryAgain(
    failure: unknown,
    attempt: number,
    at: { startedAt: number; attemptAt: number },
  ): Promise<boolean> {
    if (failure instanceof StoreError || !isConnectionLost(failure)) return false;
    if (!this.passwords || !isPasswordRefused(failure)) return attempt === 1;
    this.passwords.refused(at.attemptAt);
    if (attempt > 1) await wait(passwordIntervalMs);
    return performance.now() - at.startedAt < newPasswordMs;
  }

  /**
   * Takes the next connection that is probably alive. One that comes too late goes back at once. With the callbacks of pg: its
   * promises cost more than taking an idle connection.
   */
  #take(withinMs: number): Promise<PoolClient> {
    const cancellation = currentRequest()?.cancellation;
    if (cancellation?.isCancelled) return Promise.reject(new StoreError('deadline'));
    return new Promise((resolve, reject) => {
      const giveUp = () => end(() => reject(new StoreError('deadline')));
      const timer = withinMs === Infinity ? undefined : setTimeout(giveUp, withinMs);
      let isWaiting = true;
      cancellation?.onCancel(giveUp);
      const connect = (): void =>
        this.pool().connect((failure, client) => {
          if (!client) return end(() => reject(failure ?? new Error('The pool has no connection.')));
          if (!isWaiting) return client.release();
          if (this.#isTrusted(client)) return end(() => resolve(client));
          this.checkIn(client, new Error('the server was silent'));
          connect();
        });
      connect();

      function end(settle: () => void): void {
        isWaiting = false;
        clearTimeout(timer);
        cancellation?.offCancel(giveUp);
        settle();
      }
    });
  }

  #isTrusted(client: PoolClient): boolean {
    const answeredAt = this.#answeredAt.get(client);
    return answeredAt === undefined || answeredAt > this.#distrustedAt;
  }
}

function unavailable(failure: unknown): unknown {
  return failure instanceof StoreError || !isConnectionLost(failure) ? failure : new StoreError('unavailable', failure);
}

/** Whether a transaction is open on a connection that is not in use. */
function isDirty(client: PoolClient): boolean {
  const status = (client as unknown as { getTransactionStatus(): string | null }).getTransactionStatus();
  return status !== null && status !== 'I';
}
