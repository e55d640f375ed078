import type { PoolClient, QueryArrayResult, QueryResult } from 'pg';
import { StoreError } from '../errors/store-error.js';
import { type Cancellation, currentRequest } from '../telemetry/request-scope.js';
import { currentTraceparent, sampledTraceparent } from '../telemetry/tracing.js';
import type { ConnectionPool } from './connection-pool.js';
import { runStatement, type Statement, type StatementOutcome, type StatementQuery } from './run-statement.js';
import { isConnectionLost, isReadOnly, isServerLost, toStatementError } from './statement-errors.js';

type Result = QueryResult | QueryArrayResult;

/**
 * The connection that typeorm uses for one statement or one transaction. It applies the deadline of the current request to
 * every statement, and discards the connection below if that is lost or may still be at work. A statement that only
 * reads, outside of a transaction, is repeated once on another connection.
 */
export class PooledConnection {
  #client: PoolClient | undefined;
  /** Why the connection below cannot be used again. */
  #failure: Error | undefined;
  #isInTransaction = false;
  readonly #onError = (failure: Error): void => void (this.#failure ??= failure);

  constructor(private readonly pool: ConnectionPool) {}

  /** @throws StoreError if no connection is available within the deadline of the current request */
  async open(): Promise<this> {
    this.#use(await this.pool.checkOut(this.pool.statementMs));
    return this;
  }

  /** As typeorm calls it. @throws StoreError, or the error of the server */
  async query(statement: string | StatementQuery, values?: unknown[]): Promise<Result> {
    const query = typeof statement === 'string' ? { text: statement, values } : statement;
    const control = controls.get(query.text);
    if (control === 'rollback' && this.#failure) return noResult;
    // A failed connection rolls back at the server.
    if (this.#failure && (this.#isInTransaction || control)) throw new StoreError('unavailable', this.#failure);
    try {
      return await this.#attempt(query, control);
    } catch (failure) {
      if (!this.#mayRepeat(query.text, control, failure)) throw this.#describe(query.text, control, failure);
      return await this.#repeat(query, control);
    }
  }

  /** Returns the connection to the pool, or discards it. */
  release(failure?: Error): void {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    client.off('error', this.#onError);
    this.pool.checkIn(client, this.#failure ?? failure);
  }

  /** typeorm listens for errors in order to release the connection, which happens after the statement in any case. */
  on(): this {
    return this;
  }

  removeListener(): this {
    return this;
  }

  async #attempt(query: StatementQuery, control: Control | undefined): Promise<Result> {
    const client = this.#client;
    if (!client) throw new StoreError('unavailable', this.#failure);
    const outcome = await runStatement(client, this.#limited(query, control));
    if (!outcome.isReusable) this.#failure ??= new Error('a cancelled statement left the connection unusable');
    return this.#accept(outcome, control);
  }

  #accept({ result, failure, wasCancelled }: StatementOutcome, control: Control | undefined): Result {
    if (result) {
      if (control) this.#isInTransaction = control === 'begin';
      return result;
    }
    if (!isConnectionLost(failure)) throw toStatementError(failure);
    this.#failure ??= failure as Error;
    if (wasCancelled || isServerLost(failure)) this.pool.distrust();
    throw failure;
  }

  #repeat(query: StatementQuery, control: Control | undefined): Promise<Result> {
    this.release();
    return this.open().then(() =>
      this.#attempt(query, control).catch((failure: unknown) => {
        throw this.#describe(query.text, control, failure);
      }),
    );
  }

  /** Nothing was changed by a read, nor by the start of a transaction. */
  #mayRepeat(text: string, control: Control | undefined, failure: unknown): boolean {
    if (this.#isInTransaction || !isConnectionLost(failure)) return false;
    if (currentRequest()?.cancellation?.isCancelled || this.#timeLeft() < minRepeatMs) return false;
    return control === 'begin' || isRead(text);
  }

  /** The error of a statement whose connection was lost. */
  #describe(text: string, control: Control | undefined, failure: unknown): unknown {
    if (!isConnectionLost(failure)) return failure;
    const mayBeStored = control === 'commit' || (!this.#isInTransaction && !control && !isRead(text));
    return new StoreError(mayBeStored && !isReadOnly(failure) ? 'unknown' : 'unavailable', failure);
  }

  #use(client: PoolClient): void {
    this.#client = client;
    this.#failure = undefined;
    client.on('error', this.#onError);
  }

  /**
   * A commit that has started is not cancelled, nor is a rollback: their result counts. The deadline of a request cancels its
   * statements. The timers of all statements have the same duration, since Node keeps a list for each distinct one.
   */
  #limited(query: StatementQuery, control: Control | undefined): Statement {
    const isEnding = control === 'commit' || control === 'rollback';
    const cancellation = control === 'rollback' ? undefined : requestCancellation();
    return {
      query: { ...query, text: this.#traced(query, control) },
      timeoutMs: this.pool.statementMs,
      cancellation: isEnding ? undefined : cancellation,
    };
  }

  #traced({ text, name }: StatementQuery, control: Control | undefined): string {
    if (control === 'begin') return withTrace(withServerLimits(text, this.#timeLeft()));
    const isAlone = control === undefined && !this.#isInTransaction && name === undefined;
    return isAlone && !isRead(text) ? withTraceComment(text) : text;
  }

  /** Milliseconds that a statement may take now. */
  #timeLeft(): number {
    const left = currentRequest()?.cancellation?.remainingMs() ?? Infinity;
    return Math.min(left, this.pool.statementMs);
  }
}

type Control = 'begin' | 'commit' | 'rollback';

/** The statements with which typeorm controls transactions. */
const controls: ReadonlyMap<string, Control> = new Map([
  ['START TRANSACTION', 'begin'],
  ['COMMIT', 'commit'],
  ['ROLLBACK', 'rollback'],
]);

/** Milliseconds that must be left for repeating a statement. */
const minRepeatMs = 100;

const noResult: Result = { command: 'ROLLBACK', rowCount: null, oid: 0, fields: [], rows: [] };

/** @throws StoreError if the caller of the current request no longer waits */
function requestCancellation(): Cancellation | undefined {
  const cancellation = currentRequest()?.cancellation;
  if (cancellation?.isCancelled) throw new StoreError('deadline');
  return cancellation;
}

/**
 * The server ends the statements of a transaction at the deadline by itself, also if this process cannot any more, and
 * with them its locks. In one round trip with the start of the transaction; for it alone, so that a pooler may hand the
 * session to others.
 */
function withServerLimits(text: string, timeoutMs: number): string {
  if (timeoutMs > maxServerMs) return text;
  const limit = Math.max(1, Math.ceil(timeoutMs));
  const settings = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
  return [text, ...settings.map((name) => `set local ${name} = ${limit}`)].join('; ');
}

/** Events that the transaction emits continue the trace of its request (postgres-outbox.ts). */
function withTrace(text: string): string {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? text : `${text}; set local marquee.traceparent = '${traceparent}'`;
}

/** Rows that a statement outside of a transaction writes refer to its trace, if that is sampled. */
function withTraceComment(text: string): string {
  const traceparent = sampledTraceparent();
  return traceparent === undefined ? text : `/*traceparent='${traceparent}'*/ ${text}`;
}

/** Largest value of a timeout of the server. */
const maxServerMs = 2 ** 31 - 1;

/** Whether a statement changes nothing, so that it may run twice. */
function isRead(text: string): boolean {
  return /^\s*(select|with)\b/i.test(text) && !/\b(insert|update|delete|merge|nextval|setval)\b/i.test(text);
}
