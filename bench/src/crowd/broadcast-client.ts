import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import { WebSocket } from 'ws';
import { monotonicTime } from '../measuring/monotonic-time.js';
import { changeIn, showChanged, type ShowChanged } from './show-changes.js';

export interface BroadcastClientOptions {
  /** URL of the GraphQL endpoint. */
  url: string;
  /** The loopback address of the client. */
  localAddress: string;
  /** Access token; null for a guest. */
  token: string | null;
  /** Whether the loss of the socket is expected: the client then connects again. */
  mayReconnect(): boolean;
  /** Called with each unexpected message, event out of order, and close of the socket. */
  onFault(fault: string): void;
}

/** The back-off of the example client. */
const backoff = { baseMs: 400, maxMs: 5_000, jitter: 'full' } as const;

/** Milliseconds in which a new socket must be acknowledged. */
const connectTimeoutMs = 10_000;

/** A client with one socket and one subscription. It expects every change of the show exactly once and in order. */
export class BroadcastClient {
  #socket: WebSocket | undefined;
  readonly #closing = new AbortController();
  #lastChange: number | undefined;
  #lastEventAt = NaN;
  #cursor: number | undefined;

  constructor(private readonly options: BroadcastClientOptions) {}

  /** The number of the last change that it received. */
  get lastChange(): number | undefined {
    return this.#lastChange;
  }

  /** When it received the last change, in milliseconds of `monotonicTime`. */
  get lastEventAt(): number {
    return this.#lastEventAt;
  }

  /** Resolves once the gateway has acknowledged the socket. @throws Error if it is refused */
  connect(): Promise<void> {
    const { url, localAddress, token } = this.options;
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      let isAcknowledged = false;
      const timer = setTimeout(() => socket.terminate(), connectTimeoutMs);
      const acknowledge = () => {
        isAcknowledged = true;
        clearTimeout(timer);
        resolve();
      };
      socket.on('error', reject);
      socket.on('open', () => this.#send({ type: 'connection_init', payload: credentials(token) }));
      socket.on('message', (data: Buffer) => this.#receive(data.toString(), acknowledge));
      socket.on('close', (code, reason) => {
        clearTimeout(timer);
        if (isAcknowledged) this.#onLost(`closed: ${code} ${reason.toString()}`);
        else reject(new Error(`${url} closed a socket: ${code} ${reason.toString()}`));
      });
    });
  }

  /** Subscribes after the last event that was received. */
  subscribe(): void {
    const payload = { query: showChanged, variables: { after: this.#cursor } };
    this.#send({ type: 'subscribe', id: 'changed', payload });
  }

  close(): void {
    this.#closing.abort();
    this.#socket?.terminate();
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #receive(text: string, acknowledge: () => void): void {
    const { type, payload } = JSON.parse(text) as ServerMessage;
    if (type === 'connection_ack') acknowledge();
    else if (type === 'ping') this.#send({ type: 'pong' });
    else if (type === 'next') this.#receiveEvent(payload, text);
    else this.options.onFault(text);
  }

  #receiveEvent(payload: ServerMessage['payload'], text: string): void {
    const event = payload?.data?.showChanged;
    if (!event?.addedBy || payload?.errors || payload?.extensions) return this.options.onFault(text);
    const change = changeIn(event.title);
    if (change === undefined) return;
    if (this.#lastChange !== undefined && change !== this.#lastChange + 1)
      this.options.onFault(`change ${change} after change ${this.#lastChange}`);
    this.#lastChange = change;
    this.#lastEventAt = monotonicTime();
    this.#cursor = event.changeCursor;
  }

  #onLost(reason: string): void {
    if (this.#closing.signal.aborted) return;
    if (this.options.mayReconnect()) void this.#reconnect();
    else this.options.onFault(reason);
  }

  async #reconnect(): Promise<void> {
    for (let attempts = 1; await waitForBackoff(attempts, backoff, this.#closing.signal); attempts += 1) {
      try {
        await this.connect();
        return this.subscribe();
      } catch {
        // The gateway is not back yet, or refused the socket.
      }
    }
  }
}

function credentials(token: string | null): object {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

interface ServerMessage {
  type: string;
  payload?: { data?: { showChanged: ShowChanged | null } | null; errors?: unknown; extensions?: unknown };
}
