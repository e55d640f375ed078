import type { Duplex } from 'node:stream';
import { CloseCode, MessageType } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { JsonTextCodec } from '../json/lossless-json.js';
import type { Logger } from '../telemetry/log.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { limitMessageRate } from './websocket-rate.js';
import type { RateLimit } from './token-bucket.js';

/** The socket of a client, as the protocol uses it. */
export interface SocketTransport {
  /** The negotiated subprotocol; empty without one. */
  protocol: string;
  /** Resolves once the message has left this process, or the socket is closed. */
  send(text: string): Promise<void>;
  close(code: number, reason: string): void;
}

/** Processes the messages of one socket. */
export interface SocketProtocol {
  /** Resolves when the message has had its full effect. */
  receive(text: string): Promise<void>;
  /** Called once the socket has closed. */
  close(): void;
}

export interface AttachOptions {
  log: Logger;
  messageRate: RateLimit | undefined;
  /** Milliseconds between two pings. */
  pingIntervalMs?: number | undefined;
  /** Milliseconds after which the socket is closed if no message is being processed; undefined to keep it open. */
  maxIdleMs(): number | undefined;
  /** Rewrites the text of messages. */
  codec?: JsonTextCodec | undefined;
}

/** The activity of one socket. */
interface IdleState {
  /** Messages that are being processed. An operation counts while it runs. */
  activeMessages: number;
  /** The time of the first ping at which nothing was being processed, in milliseconds of `performance.now()`. */
  idleSince?: number | undefined;
}

/** Milliseconds between two pings. A socket from which nothing arrives until the next is terminated. */
const defaultPingIntervalMs = 12_000;

/** Milliseconds that a client has to complete the closing handshake. */
const closeTimeoutMs = 2_000;

/** Unsent bytes above which nothing more is read from a client, until it reads: backpressure. */
const maxUnsentBytes = 1024 * 1024;

/**
 * The protocol's view of a socket. Each message is sent once the one before has left this process, so that a slow client
 * delays its own operations instead of filling this process's memory.
 */
export function createTransport(socket: WebSocket, stream: Duplex, codec: JsonTextCodec | undefined): SocketTransport {
  const holdWrites = createCork(stream);
  return {
    protocol: socket.protocol,
    send(text) {
      holdWrites();
      return send(socket, codec ? codec.encode(text) : text);
    },
    close: (code, reason) => closeGracefully(socket, code, reason),
  };
}

/**
 * Returns a function that holds writes back until the end of the current turn of the event loop. One change may be an event
 * of hundreds of streams of one socket: writing their messages one by one takes longer than creating them.
 */
function createCork(stream: Duplex): () => void {
  let isCorked = false;
  return () => {
    if (isCorked) return;
    isCorked = true;
    stream.cork();
    setImmediate(() => {
      isCorked = false;
      stream.uncork();
    });
  };
}

/** Passes the messages of a socket to the protocol, keeps the socket alive, and closes it when it is idle. */
export function attachSocket(
  socket: WebSocket,
  protocol: SocketProtocol,
  { log, messageRate, pingIntervalMs = defaultPingIntervalMs, maxIdleMs, codec }: AttachOptions,
): void {
  if (messageRate) limitMessageRate(socket, messageRate, () => closeAndStopReading(socket, 'Too many messages'));
  const state: IdleState = { activeMessages: 0 };
  const receive = (text: string) => {
    state.activeMessages += 1;
    return protocol
      .receive(text)
      .catch((failure: unknown) => closeOnError(socket, failure, log))
      .finally(() => (state.activeMessages -= 1));
  };
  socket.on('message', (data, isBinary) => {
    if (!isOpen(socket)) return;
    if (isBinary) closeGracefully(socket, CloseCode.BadRequest, 'Messages must be text');
    else void receive(textOf(data, codec));
  });
  keepAlive(socket, pingIntervalMs, () => closeIfIdle(socket, state, maxIdleMs()));
  socket.on('error', (err) => {
    log.debug({ err }, 'socket error');
    stopReading(socket);
  });
  socket.once('close', () => protocol.close());
}

/** Bytes that the reason of a close frame may have (RFC 6455, section 5.5). */
const maxReasonBytes = 123;

/** Closes a socket, and terminates it if the client does not complete the handshake in time. */
export function closeGracefully(socket: WebSocket, code: number, reason: string): void {
  if (!isOpen(socket)) return;
  socket.close(code, Buffer.byteLength(reason) > maxReasonBytes ? shortened(reason) : reason);
  terminateLater(socket);
}

/** Sends a ping of the protocol. The frames with which sockets are kept alive are not visible to clients in browsers. */
export function sendPing(socket: WebSocket, payload: Readonly<Record<string, unknown>>): void {
  if (isOpen(socket)) socket.send(JSON.stringify({ type: MessageType.Ping, payload }));
}

/** The longest beginning that fits into a close frame, in whole characters. */
function shortened(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes));
  return reason.slice(0, read);
}

function terminateLater(socket: WebSocket): void {
  const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
}

function closeAndStopReading(socket: WebSocket, reason: string): void {
  closeGracefully(socket, CloseCode.TooManyInitialisationRequests, reason);
  stopReading(socket);
}

/** Stops reading from a client whose messages are no longer processed; ws would read until the client closes. */
function stopReading(socket: WebSocket): void {
  terminateLater(socket);
  setImmediate(() => socket.pause());
}

/**
 * Every message shows that the client is alive: its pong may be queued behind them.
 * @param onTick called before each ping
 */
function keepAlive(socket: WebSocket, intervalMs: number, onTick: () => void): void {
  let isAlive = true;
  for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    onTick();
    if (isOpen(socket)) socket.ping();
  }, intervalMs);
  socket.once('close', () => clearInterval(timer));
}

/** Closes a socket without operations. Called at every ping, so that an idle socket needs no timer of its own. */
function closeIfIdle(socket: WebSocket, state: IdleState, maxIdleMs: number | undefined): void {
  if (state.activeMessages > 0) state.idleSince = undefined;
  else state.idleSince ??= performance.now();
  const isOverdue = state.idleSince !== undefined && performance.now() - state.idleSince >= (maxIdleMs ?? Infinity);
  if (isOverdue) closeGracefully(socket, 1000, 'idle');
}

/** Resolves when the operating system has accepted the message, or the socket is closed. */
async function send(socket: WebSocket, data: string): Promise<void> {
  if (!isOpen(socket)) return;
  const sent = new Promise<void>((resolve) => socket.send(data, () => resolve()));
  if (socket.bufferedAmount > maxUnsentBytes) socket.pause();
  await sent;
  if (socket.isPaused && socket.bufferedAmount <= maxUnsentBytes) socket.resume();
}

function closeOnError(socket: WebSocket, failure: unknown, log: Logger): void {
  reportUnexpected(log, failure, { location: 'socket', message: 'a message of a socket could not be processed' });
  closeGracefully(socket, CloseCode.InternalServerError, 'Internal server error');
}

function textOf(data: RawData, codec: JsonTextCodec | undefined): string {
  const text = (data as Buffer).toString();
  return codec ? codec.decode(text) : text;
}

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === socket.OPEN;
}
