import { CloseCode, MessageType, type Server, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { JsonTextCodec } from '../json/lossless-json.js';
import type { Logger } from '../telemetry/log.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { limitMessageRate } from './websocket-rate.js';
import type { RateLimit } from './token-bucket.js';

export interface AttachOptions {
  log: Logger;
  messageRate: RateLimit | undefined;
  /** Handles the payload of a client's ping. Returns the payload of the pong, if any. */
  onPing(payload: Record<string, unknown>): Promise<Record<string, unknown> | undefined>;
  /** Milliseconds between two pings. */
  pingIntervalMs?: number | undefined;
  /** Milliseconds after which the socket is closed if no message is being processed; undefined to keep it open. */
  maxIdleMs(): number | undefined;
  /** Rewrites the text of messages. */
  codec?: JsonTextCodec | undefined;
}

/** The activity of one socket. */
export interface IdleState {
  /** Messages that are being processed. An operation counts while it runs. */
  activeMessages: number;
  /** The time of the first ping at which nothing was being processed, in milliseconds of `performance.now()`. */
  idleSince?: number | undefined;
}

/** Milliseconds between two pings. A socket that has not answered one by the next is terminated. */
const defaultPingIntervalMs = 12_000;

/** Milliseconds that a client has to complete the closing handshake. */
const closeTimeoutMs = 2_000;

/** Unsent bytes above which nothing more is read from a client, until it reads: backpressure. */
const maxUnsentBytes = 1024 * 1024;

/**
 * Attaches a socket to the protocol. Each message is sent once the one before has left this process, so that a slow client
 * delays its own operations instead of filling this process's memory.
 */
export function attachSocket<Extra extends IdleState>(
  server: Server<Extra>,
  socket: WebSocket,
  extra: Extra,
  { log, messageRate, onPing, pingIntervalMs = defaultPingIntervalMs, maxIdleMs, codec }: AttachOptions,
): void {
  if (messageRate) limitMessageRate(socket, messageRate, () => closeAndStopReading(socket, 'Too many messages'));
  const handle = (work: (data: string) => Promise<void>, data: string) => {
    extra.activeMessages += 1;
    return work(data)
      .catch((failure: unknown) => closeOnError(socket, failure, log))
      .finally(() => (extra.activeMessages -= 1));
  };
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, codec ? codec.encode(data) : data),
      close: (code = 1000, reason = '') => closeGracefully(socket, code, reason),
      onMessage: (work) => socket.on('message', (data) => isOpen(socket) && void handle(work, textOf(data, codec))),
      onPing: async (payload) => send(socket, pongMessage(payload && (await onPing(payload)))),
    },
    extra,
  );
  keepAlive(socket, pingIntervalMs, () => closeIfIdle(socket, extra, maxIdleMs()));
  handleEnd(socket, log, closed);
}

function handleEnd(socket: WebSocket, log: Logger, closed: ReturnType<Server['opened']>): void {
  socket.on('error', (err) => {
    log.debug({ err }, 'socket error');
    stopReading(socket);
  });
  socket.once('close', (code, reason) => {
    closed(code, String(reason)).catch((err: unknown) => log.error({ err }, 'a closed socket could not be cleaned up'));
  });
}

/** Closes a socket, and terminates it if the client does not complete the handshake in time. */
export function closeGracefully(socket: WebSocket, code: number, reason: string): void {
  if (!isOpen(socket)) return;
  socket.close(code, reason);
  terminateLater(socket);
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

/** @param onTick called before each ping */
function keepAlive(socket: WebSocket, intervalMs: number, onTick: () => void): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
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

function pongMessage(payload: Record<string, unknown> | undefined): string {
  return stringifyMessage({ type: MessageType.Pong, ...(payload && { payload }) });
}

function closeOnError(socket: WebSocket, failure: unknown, log: Logger): void {
  const { message } = failure as Partial<Error>;
  if (message?.startsWith('Unexpected message of type')) {
    closeGracefully(socket, CloseCode.BadRequest, 'Invalid message received');
    return;
  }
  reportUnexpected(log, failure, { location: 'socket', message: 'a message of a socket could not be processed' });
  closeGracefully(socket, CloseCode.InternalServerError, 'Internal server error');
}

function textOf(data: Buffer | ArrayBuffer | Buffer[], codec: JsonTextCodec | undefined): string {
  const text = (data as Buffer).toString();
  return codec ? codec.decode(text) : text;
}

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === socket.OPEN;
}
