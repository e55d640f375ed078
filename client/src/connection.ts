import { type Client, createClient, MessageType, type Sink, stringifyMessage, type SubscribePayload } from 'graphql-ws';
import { backOffDelay, closeCodeOf, describe, tokenRefusedCode } from './interruption.js';
import type { LiveClientOptions, LiveStatus } from './live-client.js';
import { createSocketTimers, type SocketTimers } from './socket-timers.js';
import { type Credentials, renewalRetryMs, TokenRenewal } from './token-renewal.js';

/** A class with the interface of the browser's WebSocket. */
export type SocketConstructor = new (url: string, protocol: string) => SocketLike;

interface SocketLike {
  readonly readyState: number;
  send(data: string): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/** Milliseconds between two pings of the client. */
const pingIntervalMs = 10_000;

/** Milliseconds for which an unused socket stays open, so that a subscription that is retried finds it. */
const unusedMs = 1_000;

/** Milliseconds for which a socket must be open before the next delay is a short one again. */
const stableMs = 5_000;

const defaultMaxDelayMs = 15_000;

/** The socket of a client, which is replaced after a loss, and the delays before that. */
export class Connection {
  readonly #client: Client;
  readonly #renewal: TokenRenewal;
  readonly #timers: SocketTimers;
  readonly #closing = new AbortController();
  #socket: SocketLike | undefined;
  /** Time of the acknowledgement, as long as the socket is open. */
  #connectedAt: number | undefined;
  /** Sockets that were lost since the last stable one. */
  #losses = 0;
  #pausing: Promise<void> | undefined;
  #wakeConnected: (() => void)[] = [];
  /** How often in a row the token was refused. */
  refusals = 0;

  constructor(private readonly options: LiveClientOptions) {
    this.#renewal = new TokenRenewal({ token: options.token, send: (payload) => this.#ping(payload) });
    this.#timers = createSocketTimers(() => this.#client.terminate(), options.connectTimeoutMs);
    this.#client = createClient({
      url: options.url,
      webSocketImpl: quietSockets(options.webSocketImpl ?? WebSocket),
      connectionParams: async () => ({ ...(await this.#renewal.credentials()) }),
      keepAlive: pingIntervalMs,
      lazyCloseTimeout: unusedMs,
      retryAttempts: 0,
      on: {
        connecting: () => this.#onConnecting(),
        connected: (socket) => this.#onConnected(socket as SocketLike),
        ping: (wasReceived, payload) => this.#onPing(wasReceived, payload),
        pong: (wasReceived, payload) => this.#onPong(wasReceived, payload),
        closed: (event) => this.#onClosed(event),
      },
    });
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  subscribe(payload: SubscribePayload, sink: Sink): () => void {
    return this.#client.subscribe(payload, sink);
  }

  /** Resolves when a socket is acknowledged. */
  untilConnected(): Promise<void> {
    if (this.#connectedAt !== undefined) return Promise.resolve();
    return new Promise((resolve) => void this.#wakeConnected.push(resolve));
  }

  /** The delay before a new socket, which all subscriptions share: the shortest of many delays would be none. */
  pauseAfterLoss(interruption: unknown): Promise<void> {
    this.#pausing ??= this.pause(interruption, (this.#losses += 1) - 1).finally(() => (this.#pausing = undefined));
    return this.#pausing;
  }

  /** Waits with back-off and jitter, at least for the given time. Ends early when the client closes or is online again. */
  async pause(interruption: unknown, failures: number, leastMs = 0): Promise<void> {
    const retryInMs = leastMs + backOffDelay(failures, this.options.maxDelayMs ?? defaultMaxDelayMs);
    this.options.onInterrupted?.(interruption);
    this.#report({ state: 'interrupted', reason: describe(interruption), retryInMs: Math.round(retryInMs) });
    await waitOrWake(retryInMs, this.#closing.signal, leastMs === 0);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#renewal.stop();
    this.#timers.stop();
    // It waits for an attempt to connect, which therefore fails now.
    const disposing = Promise.resolve(this.#client.dispose()).catch(() => undefined);
    if (this.#connectedAt === undefined) this.#client.terminate();
    await disposing;
    this.#report({ state: 'closed' });
  }

  #onConnecting(): void {
    this.#report({ state: 'connecting' });
    this.#timers.awaitConnection();
  }

  #onConnected(socket: SocketLike): void {
    this.#socket = socket;
    this.#connectedAt = performance.now();
    this.refusals = 0;
    this.#timers.onConnected();
    this.#renewal.start();
    this.#report({ state: 'connected' });
    for (const wake of this.#wakeConnected.splice(0)) wake();
  }

  #onClosed(event: unknown): void {
    this.#timers.stop();
    this.#renewal.stop();
    if (closeCodeOf(event) === tokenRefusedCode) {
      this.#renewal.refuse();
      if (this.#connectedAt === undefined) this.refusals += 1;
    }
    if (this.#connectedAt !== undefined && performance.now() - this.#connectedAt > stableMs) this.#losses = 0;
    this.#connectedAt = undefined;
    this.#socket = undefined;
  }

  /** The gateway warns in a ping before the token expires. */
  #onPing(wasReceived: boolean, payload: unknown): void {
    if (!wasReceived) return this.#timers.awaitPong();
    if (isRecord(payload) && 'tokenExpiresInSeconds' in payload) this.#renewal.renew();
  }

  #onPong(wasReceived: boolean, payload: unknown): void {
    if (!wasReceived) return;
    this.#timers.onPong();
    if (!isRecord(payload) || !('renewed' in payload)) return;
    if (payload['renewed'] === true) return this.#report({ state: 'renewed' });
    this.#renewal.refuse();
    this.#renewal.renew(renewalRetryMs);
  }

  #ping(credentials: Credentials): void {
    const payload = { ...credentials };
    if (this.#socket?.readyState === 1) this.#socket.send(stringifyMessage({ type: MessageType.Ping, payload }));
  }

  #report(status: LiveStatus): void {
    this.options.onStatus?.(status);
  }
}

/**
 * Sockets with a listener for errors, which graphql-ws also reports. The package `ws` would otherwise throw when an attempt
 * to connect is given up.
 */
function quietSockets(implementation: SocketConstructor): SocketConstructor {
  return class extends implementation {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      this.addEventListener('error', () => undefined);
    }
  };
}

/** @param isBrief whether the browser's event `online` ends the wait */
function waitOrWake(delayMs: number, closing: AbortSignal, isBrief: boolean): Promise<void> {
  return new Promise((resolve) => {
    const events = isBrief ? (globalThis as Partial<EventTarget>) : undefined;
    const end = (): void => {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
      events?.removeEventListener?.('online', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    closing.addEventListener('abort', end);
    events?.addEventListener?.('online', end);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
