import type { Duplex } from 'node:stream';
import { CloseCode, MessageType } from 'graphql-ws';
import { type RawData, WebSocket } from 'ws';
import type { JsonTextCodec } from '../json/lossless-json.js';
import type { Logger } from '../telemetry/log.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import type { PingedSocket } from './keep-alive.js';
import { type RateLimit, TokenBucket } from './token-bucket.js';
import { textFrame } from './websocket-frames.js';
import { SocketOutput } from './websocket-output.js';
import type { ClientSocket } from './websocket-server.js';

/** Processes the messages of one socket. */
export interface SocketProtocol {
  /** Whether no message is being processed, and no operation runs. */
  readonly isIdle: boolean;
  /** Milliseconds after which an idle client is disconnected; undefined to keep it. */
  readonly maxIdleMs: number | undefined;
  receive(text: string): void;
  /** Called once the socket has closed. */
  close(): void;
}

/** Options that all sockets of a server share. */
export interface SocketOptions {
  log: Logger;
  messageRate: RateLimit | undefined;
  /** Rewrites the text of messages. */
  codec?: JsonTextCodec | undefined;
  /** Milliseconds between two pings. */
  pingIntervalMs: number;
}

/** The parts of a connection below the protocol. */
export interface SocketParts {
  socket: ServedWebSocket;
  /** The stream below the socket. */
  stream: Duplex;
  /** The address of the client. */
  address: string;
}

/** A socket that knows its connection, so that all sockets share their listeners: a process has thousands of sockets. */
export class ServedWebSocket extends WebSocket {
  connection?: SocketConnection;
}

/** Milliseconds that a client has to complete the closing handshake. */
const closeTimeoutMs = 2_000;

/** Bytes that the reason of a close frame may have (RFC 6455, section 5.5). */
const maxReasonBytes = 123;

/**
 * The connection of one client below the protocol: passes messages on, limits their rate, and closes the socket of a silent
 * or idle client. Each message is sent once the one before has left this process, so that a slow client delays its own
 * operations instead of filling this process's memory.
 */
export class SocketConnection implements ClientSocket, PingedSocket {
  pingDueAt = 0;
  readonly address: string;
  readonly #socket: ServedWebSocket;
  readonly #output: SocketOutput;
  readonly #options: SocketOptions;
  #bucket: TokenBucket | undefined;
  #protocol: SocketProtocol | undefined;
  /** Whether anything arrived since the last ping. */
  #isAlive = true;
  /** The time of the first ping at which nothing was being processed, in milliseconds of `performance.now()`. */
  #idleSince: number | undefined;
  #closeListeners: (() => void)[] = noListeners;
  #isClosed = false;

  constructor({ socket, stream, address }: SocketParts, options: SocketOptions) {
    this.address = address;
    this.#socket = socket;
    this.#output = new SocketOutput(socket, stream);
    this.#options = options;
    this.#bucket = options.messageRate && new TokenBucket(options.messageRate);
    socket.connection = this;
  }

  /** Passes the messages of the client to the protocol from now on. */
  serve(protocol: SocketProtocol): void {
    this.#protocol = protocol;
    this.#socket
      .on('message', onMessage)
      .on('ping', onSign)
      .on('pong', onSign)
      .on('error', onError)
      .on('close', onClose);
  }

  /** The negotiated subprotocol; empty without one. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) listener();
    else if (this.#closeListeners === noListeners) this.#closeListeners = [listener];
    else this.#closeListeners.push(listener);
  }

  /** Resolves once the message has left this process, or the socket is closed. */
  send(text: string): Promise<void> {
    const { codec } = this.#options;
    return this.sendFrame(textFrame(codec ? codec.encode(text) : text));
  }

  /** Like `send`, with a text message as a frame. */
  sendFrame(frame: Buffer): Promise<void> {
    return this.#output.send(frame);
  }

  ping(payload: Readonly<Record<string, unknown>>): void {
    void this.send(JSON.stringify({ type: MessageType.Ping, payload }));
  }

  /** Terminates the socket if the client does not complete the handshake in time. */
  close(code: number, reason: string): void {
    if (!this.#isOpen()) return;
    this.#output.flush();
    this.#socket.close(code, Buffer.byteLength(reason) > maxReasonBytes ? shortened(reason) : reason);
    this.#terminateLater();
  }

  /** Reports an unexpected error and closes the socket with 4500. */
  fail(failure: unknown): void {
    const message = 'a message of a socket could not be processed';
    reportUnexpected(this.#options.log, failure, { location: 'socket', message });
    this.close(CloseCode.InternalServerError, 'Internal server error');
  }

  /** Closes an idle socket here, so that it needs no timer for that. */
  onPingDue(): void {
    if (this.#output.isBehind) {
      this.#isAlive = true;
      return this.#output.expectProgress(2 * this.#options.pingIntervalMs);
    }
    if (!this.#isAlive) return this.#socket.terminate();
    this.#isAlive = false;
    this.#closeIfIdle();
    this.#output.ping();
  }

  receive(data: RawData, isBinary: boolean): void {
    this.onSign();
    if (!this.#isOpen()) return;
    if (isBinary) return this.close(CloseCode.BadRequest, 'Messages must be text');
    const text = (data as Buffer).toString();
    this.#protocol?.receive(this.#options.codec ? this.#options.codec.decode(text) : text);
  }

  /** Every message shows that the client is alive: its pong may be queued behind them. */
  onSign(): void {
    this.#isAlive = true;
    const { messageRate } = this.#options;
    if (!messageRate || !this.#bucket || this.#bucket.take(messageRate) === 0) return;
    this.#bucket = undefined;
    this.close(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    this.#stopReading();
  }

  onError(err: Error): void {
    this.#options.log.debug({ err }, 'socket error');
    this.#stopReading();
  }

  onClosed(): void {
    this.#isClosed = true;
    this.#protocol?.close();
    for (const listener of this.#closeListeners) listener();
    this.#closeListeners = noListeners;
  }

  #closeIfIdle(): void {
    if (this.#protocol?.isIdle) this.#idleSince ??= performance.now();
    else this.#idleSince = undefined;
    if (this.#idleSince === undefined) return;
    if (performance.now() - this.#idleSince >= (this.#protocol?.maxIdleMs ?? Infinity)) this.close(1000, 'idle');
  }

  /** Stops reading from a client whose messages are no longer processed; ws would read until the client closes. */
  #stopReading(): void {
    this.#terminateLater();
    setImmediate(() => this.#socket.pause());
  }

  #terminateLater(): void {
    const timer = setTimeout(() => this.#socket.terminate(), closeTimeoutMs);
    this.onClose(() => clearTimeout(timer));
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }
}

/** Shared by all connections that nothing listens to. */
const noListeners: (() => void)[] = [];

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  connectionOf(this)?.receive(data, isBinary);
}

function onSign(this: WebSocket): void {
  connectionOf(this)?.onSign();
}

function onError(this: WebSocket, failure: Error): void {
  connectionOf(this)?.onError(failure);
}

function onClose(this: WebSocket): void {
  connectionOf(this)?.onClosed();
}

function connectionOf(socket: WebSocket): SocketConnection | undefined {
  return (socket as ServedWebSocket).connection;
}

/** The longest beginning that fits into a close frame, in whole characters. */
function shortened(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes));
  return reason.slice(0, read);
}
