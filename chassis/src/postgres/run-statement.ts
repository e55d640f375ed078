import type { ClientBase, QueryArrayResult, QueryConfig, QueryResult } from 'pg';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cancellation } from '../telemetry/request-scope.js';
import { sendCancelRequest } from './cancel-request.js';
import { executeNamed } from './named-statement.js';

/** A statement as pg takes it. */
export interface StatementQuery {
  text: string;
  values?: unknown[] | undefined;
  /** A name under which the server keeps the parsed statement for the lifetime of the connection. Default: none. */
  name?: string | undefined;
  /** `array` for rows as arrays of their values. Default: objects. */
  rowMode?: 'array';
}

/** A statement, and what ends it early. */
export interface Statement {
  query: StatementQuery;
  /** Milliseconds after which the server is asked to cancel it; Infinity for no limit. */
  timeoutMs: number;
  /** Cancels it, when the caller no longer needs the result. */
  cancellation: Cancellation | undefined;
}

/** The result of a statement, and the state in which it left its connection. */
export interface StatementOutcome {
  result?: QueryResult | QueryArrayResult;
  failure?: unknown;
  /** Whether this process asked the server to cancel the statement. */
  wasCancelled: boolean;
  /** Whether the connection can run another statement: nothing is running on it, and no cancellation is on its way. */
  isReusable: boolean;
}

/** Milliseconds that the server has to confirm a cancellation; then its connection is closed. */
export const cancelGraceMs = 1_000;

/** Milliseconds between cancellations. The first may arrive before the statement does, and then has no effect. */
const cancelIntervalMs = 250;

/**
 * Runs one statement. At its timeout, or when it is cancelled, the server is asked to cancel it; a connection on which no
 * answer arrives after that is closed. Resolves once nothing of the statement is left on the connection.
 */
export async function runStatement(client: ClientBase, statement: Statement): Promise<StatementOutcome> {
  const { query, timeoutMs, cancellation } = statement;
  const canceller = new Canceller(client);
  const timer = timeoutMs === Infinity ? undefined : setTimeout(canceller.cancel, timeoutMs);
  cancellation?.onCancel(canceller.cancel);
  const settled = await execute(client, query).then(
    (result) => ({ result }),
    (failure: unknown) => ({ failure }),
  );
  clearTimeout(timer);
  cancellation?.offCancel(canceller.cancel);
  if (!canceller.isStarted) return { ...settled, wasCancelled: false, isReusable: true };
  return { ...settled, wasCancelled: true, isReusable: await canceller.end() };
}

function execute(client: ClientBase, query: StatementQuery): Promise<QueryResult | QueryArrayResult> {
  const { name, text, values = [], rowMode } = query;
  if (name === undefined || rowMode !== 'array') return client.query(query as QueryConfig);
  return executeNamed(client, { name, text, values });
}

/** Cancels the statement that a client runs, repeatedly until it ends. */
class Canceller {
  #ended: AbortController | undefined;
  #running: Promise<boolean> | undefined;

  constructor(private readonly client: ClientBase) {}

  readonly cancel = (): void => {
    this.#running ??= this.#cancelUntilEnded();
  };

  get isStarted(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves to whether the connection is reusable. */
  async end(): Promise<boolean> {
    this.#ended?.abort();
    return (await this.#running) ?? true;
  }

  async #cancelUntilEnded(): Promise<boolean> {
    const { signal } = (this.#ended = new AbortController());
    const hangUp = setTimeout(() => closeAtOnce(this.client), cancelGraceMs);
    try {
      for (;;) {
        if (!(await sendCancelRequest(this.client, cancelGraceMs))) {
          // It may still arrive.
          closeAtOnce(this.client);
          return false;
        }
        if (await hasEnded(signal)) return true;
      }
    } finally {
      clearTimeout(hangUp);
    }
  }
}

/** Waits for the interval. Returns whether the statement ended before or during it. */
function hasEnded(signal: AbortSignal): Promise<boolean> {
  return wait(cancelIntervalMs, false, { signal }).catch(() => true);
}

/** Closes a connection without a goodbye, for which a silent server would have to be waited. Its statement fails. */
export function closeAtOnce(client: ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}
