/**
 * A stream that goes on: it connects again with jitter, renews its token while the socket is open, and resumes after the
 * last value that came, so that a restart of the gateway costs nothing but a moment.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { type Client, CloseCode, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createTokenRenewal, type Token } from './token-renewal.js';

/** Longest pause before another attempt, in milliseconds. */
const maxDelayMs = 5_000;

/** The other end has so many milliseconds to answer a ping. */
const pongTimeoutMs = 5_000;

/** Milliseconds between two pings. */
const pingIntervalMs = 10_000;

/** Errors of a stream that another attempt may not meet. */
const transientCodes: readonly unknown[] = ['UPSTREAM_UNAVAILABLE', 'SLOW_CONSUMER', 'RATE_LIMITED', 'INTERNAL'];

/** Refusals that another attempt would meet as well. */
const permanentCloseCodes: readonly unknown[] = [
  CloseCode.BadRequest,
  CloseCode.Forbidden,
  CloseCode.SubprotocolNotAcceptable,
];

export interface LiveClientOptions {
  /** The socket's address: ws://host:port/graphql */
  url: string;
  /** Asks for an access token. */
  token(): Promise<Token>;
  /** Is told of what happens to the connection, for people to read. */
  onStatus?(what: string): void;
  /** Is told why a stream was interrupted that goes on: a list of GraphQL errors, or how the socket closed. */
  onInterrupted?(failure: unknown): void;
}

/** A client of one caller; all its streams share one socket. */
export interface LiveClient {
  /**
   * The results of a subscription, each once, until the server completes it or the client closes.
   *
   * @param variablesAfter the variables with which it goes on after this cursor; undefined before the first result
   * @param cursorOf reads the cursor of a result's data
   * @throws what the server refused for good: a list of GraphQL errors, or how the socket closed
   */
  results<Data, Cursor>(
    query: string,
    variablesAfter: (cursor: Cursor | undefined) => Record<string, unknown>,
    cursorOf: (data: Data) => Cursor,
  ): AsyncGenerator<ExecutionResult<Data>>;
  close(): Promise<void>;
}

/** Opens a client; it connects when there is something to ask for. */
export function openLive(options: LiveClientOptions): LiveClient {
  return new ReconnectingClient(options);
}

/** Milliseconds, spread over the whole pause, so that those whom one restart has disconnected do not come back at once. */
export function backoffDelay(failures: number): number {
  return Math.random() * Math.min(maxDelayMs, 200 * 2 ** failures);
}

class ReconnectingClient implements LiveClient {
  readonly #client: Client;
  readonly #told: (what: string) => void;
  readonly #interrupted: (failure: unknown) => void;
  readonly #closing = new AbortController();
  /** Whether the last socket was let in. */
  #wasLetIn = false;

  constructor({ url, token, onStatus = () => undefined, onInterrupted = () => undefined }: LiveClientOptions) {
    this.#told = onStatus;
    this.#interrupted = onInterrupted;
    const renewal = createTokenRenewal(token, onStatus);
    const pulse = createPongTimer(() => this.#client.terminate());
    this.#client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: renewal.parameters,
      keepAlive: pingIntervalMs,
      retryAttempts: 0,
      on: {
        connecting: () => (this.#wasLetIn = false),
        connected: (socket) => this.#letIn(() => renewal.start(socket as WebSocket)),
        ping: pulse.ping,
        pong: pulse.pong,
        closed() {
          renewal.stop();
          pulse.stop();
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
          cursor = result.data ? cursorOf(result.data) : cursor;
          yield result as ExecutionResult<Data>;
        }
        return;
      } catch (failure) {
        if (this.#isClosed()) return;
        if (isPermanent(failure, this.#wasLetIn)) throw failure;
        if (this.#wasLetIn && !Array.isArray(failure)) failures = 0;
        this.#interrupted(failure);
      }
      await this.#pause(failures);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // An attempt to connect that fails now was not wanted any more.
    await Promise.resolve(this.#client.dispose()).catch(() => undefined);
  }

  #letIn(keepUp: () => void): void {
    this.#wasLetIn = true;
    this.#told('connected');
    keepUp();
  }

  async #pause(failures: number): Promise<void> {
    const pause = backoffDelay(failures);
    this.#told(`interrupted; trying again in ${Math.round(pause)} ms`);
    await wait(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** Gives up a socket whose other end is silent, which TCP notices minutes later; the next one owes no answer to its ping. */
function createPongTimer(giveUp: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    ping(wasReceived: boolean) {
      if (!wasReceived) timer = setTimeout(giveUp, pongTimeoutMs);
    },
    pong(wasReceived: boolean) {
      if (wasReceived) clearTimeout(timer);
    },
    stop: () => clearTimeout(timer),
  };
}

/** A token that has expired on an open socket is replaced at the next attempt; one that was never good is not. */
function isPermanent(failure: unknown, wasLetIn: boolean): boolean {
  if (Array.isArray(failure))
    return !failure.every(({ extensions }: { extensions?: { code?: unknown } }) =>
      transientCodes.includes(extensions?.code),
    );
  const { code } = failure as { code?: unknown };
  return permanentCloseCodes.includes(code) || (code === CloseCode.Unauthorized && !wasLetIn);
}
