/**
 * A resilient subscription client: it reconnects with jitter, renews its token on the open socket, and resumes after the
 * last received event, so that a restart of the gateway only causes a short delay.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { type Client, CloseCode, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createTokenRenewal, type Token } from './token-renewal.js';

/** Maximum delay before a reconnect in milliseconds. */
const maxDelayMs = 5_000;

/** Milliseconds in which a new socket must be acknowledged. */
const connectTimeoutMs = 10_000;

/** Milliseconds in which the server must answer a ping. */
const pongTimeoutMs = 5_000;

/** Milliseconds between two pings. */
const pingIntervalMs = 10_000;

/** Error codes after which the subscription is retried. */
const transientCodes: readonly unknown[] = ['UPSTREAM_UNAVAILABLE', 'SLOW_CONSUMER', 'RATE_LIMITED', 'INTERNAL'];

/** Close codes after which a retry cannot succeed. */
const permanentCloseCodes: readonly unknown[] = [
  CloseCode.BadRequest,
  CloseCode.Unauthorized,
  CloseCode.SubprotocolNotAcceptable,
];

export interface LiveClientOptions {
  /** The WebSocket URL: ws://host:port/graphql */
  url: string;
  /** Returns a new access token. */
  token(): Promise<Token>;
  /** Called with each change of the connection, as text for users. */
  onStatus?(text: string): void;
  /** Called before a retry, with a list of GraphQL errors or the close event of the socket. */
  onInterrupted?(failure: unknown): void;
}

/** A client of one caller; its subscriptions share one socket. */
export interface LiveClient {
  /**
   * The results of a subscription, without duplicates, until the server completes it or the client is closed.
   *
   * @param variablesAfter returns the variables to resume after a cursor, which is undefined before the first result
   * @param cursorOf returns the cursor of a result
   * @throws on permanent failures: a list of GraphQL errors, or the close event of the socket
   */
  results<Data, Cursor>(
    query: string,
    variablesAfter: (cursor: Cursor | undefined) => Record<string, unknown>,
    cursorOf: (data: Data) => Cursor,
  ): AsyncGenerator<ExecutionResult<Data>>;
  close(): Promise<void>;
}

/** Creates a client, which connects with its first subscription. */
export function openLive(options: LiveClientOptions): LiveClient {
  return new ReconnectingClient(options);
}

/** Exponential back-off with full jitter in milliseconds, so that disconnected clients do not reconnect simultaneously. */
export function backoffDelay(failures: number): number {
  return Math.random() * Math.min(maxDelayMs, 200 * 2 ** failures);
}

class ReconnectingClient implements LiveClient {
  readonly #client: Client;
  readonly #onStatus: (text: string) => void;
  readonly #onInterrupted: (failure: unknown) => void;
  readonly #closing = new AbortController();
  /** Whether the server has acknowledged the last socket. */
  #wasAcknowledged = false;

  constructor({ url, token, onStatus = () => undefined, onInterrupted = () => undefined }: LiveClientOptions) {
    this.#onStatus = onStatus;
    this.#onInterrupted = onInterrupted;
    const renewal = createTokenRenewal(token, onStatus);
    const terminate = () => this.#client.terminate();
    const [pongTimer, connectTimer] = [createPongTimer(terminate), createConnectTimer(terminate)];
    this.#client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: renewal.parameters,
      keepAlive: pingIntervalMs,
      retryAttempts: 0,
      on: {
        connecting: () => (connectTimer.start(), (this.#wasAcknowledged = false)),
        connected: (socket) => this.#acknowledge(() => (connectTimer.stop(), renewal.start(socket as WebSocket))),
        ping: pongTimer.ping,
        pong: pongTimer.pong,
        closed() {
          renewal.stop();
          pongTimer.stop();
          connectTimer.stop();
        },
      },
    });
  }

  async *results<Data, Cursor>(
    query: string,
    variablesAfter: (cursor: Cursor | undefined) => Record<string, unknown>,
    cursorOf: (data: Data) => Cursor,
  ): AsyncGenerator<ExecutionResult<Data>> {
    let cursor: Cursor | undefined;
    for (let failures = 0; !this.#isClosed(); failures += 1) {
      try {
        for await (const result of this.#client.iterate<Data>({ query, variables: variablesAfter(cursor) })) {
          failures = 0;
          cursor = result.data ? cursorOf(result.data) : (cursorAfterGap<Cursor>(result) ?? cursor);
          yield result as ExecutionResult<Data>;
        }
        return;
      } catch (failure) {
        if (this.#isClosed()) return;
        if (isPermanent(failure, this.#wasAcknowledged)) throw failure;
        if (this.#wasAcknowledged && !Array.isArray(failure)) failures = 0;
        cursor ??= cursorIn<Cursor>(failure);
        this.#onInterrupted(failure);
      }
      await this.#pause(failures);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // A pending connection attempt may fail now, which is expected.
    await Promise.resolve(this.#client.dispose()).catch(() => undefined);
  }

  #acknowledge(startRenewal: () => void): void {
    this.#wasAcknowledged = true;
    this.#onStatus('connected');
    startRenewal();
  }

  async #pause(failures: number): Promise<void> {
    const pause = backoffDelay(failures);
    this.#onStatus(`interrupted; retrying in ${Math.round(pause)} ms`);
    await wait(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** Terminates a socket that is not acknowledged in time, such as one whose packets are lost from the start. */
function createConnectTimer(terminate: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(terminate, connectTimeoutMs);
  };
  return { start, stop };
}

/** Terminates a socket without a pong in time; TCP would detect the dead connection only minutes later. */
function createPongTimer(terminate: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    ping(wasReceived: boolean) {
      if (!wasReceived) timer = setTimeout(terminate, pongTimeoutMs);
    },
    pong(wasReceived: boolean) {
      if (wasReceived) clearTimeout(timer);
    },
    stop: () => clearTimeout(timer),
  };
}

/** The cursor of a notice that events are lost: the subscription continues after it. */
function cursorAfterGap<Cursor>({ extensions }: { extensions?: unknown }): Cursor | undefined {
  return (extensions as { cursor?: Cursor } | undefined)?.cursor;
}

/** The cursor at which the server ended a subscription; without any result of its own the client resumes from it. */
function cursorIn<Cursor>(failure: unknown): Cursor | undefined {
  const [error] = (Array.isArray(failure) ? failure : []) as { extensions?: { cursor?: Cursor } }[];
  return error?.extensions?.cursor;
}

/** An expired token on an acknowledged socket is transient, since the next attempt sends a new one. */
function isPermanent(failure: unknown, wasAcknowledged: boolean): boolean {
  if (Array.isArray(failure))
    return !failure.every(({ extensions }: { extensions?: { code?: unknown } }) =>
      transientCodes.includes(extensions?.code),
    );
  const { code } = failure as { code?: unknown };
  return permanentCloseCodes.includes(code) || (code === CloseCode.Forbidden && !wasAcknowledged);
}
