import { CloseCode, MessageType, type Server, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '../telemetry/log.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { limitMessageRate } from './websocket-rate.js';
import type { RateLimit } from './token-bucket.js';

export interface AttachOptions {
  log: Logger;
  messageRate: RateLimit | undefined;
  /** The payload with which a ping of the client is answered, if any. */
  onPing(payload: Record<string, unknown>): Promise<Record<string, unknown> | undefined>;
}

/** Milliseconds between two pings; a socket that has not answered one by the next is cut. */
const pingInterval = 12_000;

/** Milliseconds that a client has to answer a close. */
const closeTimeout = 2_000;

/** Bytes that may wait to be sent before nothing more is read from a client that does not read itself. */
const unsentLimit = 1024 * 1024;

/**
 * Connects a socket to the protocol. Each message is sent when the one before has left this process,
 * so a slow client holds its operations back and not this process's memory.
 */
export function attachSocket<Extra extends { activeMessages: number }>(
  server: Server<Extra>,
  socket: WebSocket,
  extra: Extra,
  { log, messageRate, onPing }: AttachOptions,
): void {
  if (messageRate) limitMessageRate(socket, messageRate, () => closeAndIgnore(socket, 'Messages come too fast'));
  const take = (work: (data: string) => Promise<void>, data: string) => {
    extra.activeMessages += 1;
    return work(data)
      .catch((failure: unknown) => fail(socket, failure, log))
      .finally(() => (extra.activeMessages -= 1));
  };
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code = 1000, reason = '') => closeGracefully(socket, code, reason),
      onMessage: (work) => socket.on('message', (data) => isOpen(socket) && void take(work, textOf(data))),
      onPing: async (payload) => send(socket, pongOf(payload && (await onPing(payload)))),
    },
    extra,
  );
  keepAlive(socket);
  watchEnd(socket, log, closed);
}

function watchEnd(socket: WebSocket, log: Logger, closed: ReturnType<Server['opened']>): void {
  socket.on('error', (err) => {
    log.debug({ err }, 'socket failed');
    ignore(socket);
  });
  socket.once('close', (code, reason) => {
    closed(code, String(reason)).catch((err: unknown) => log.error({ err }, 'could not leave a socket'));
  });
}

/** Closes a socket, and cuts it when the other side does not answer. */
export function closeGracefully(socket: WebSocket, code: number, reason: string): void {
  if (!isOpen(socket)) return;
  socket.close(code, reason);
  cutLater(socket);
}

function cutLater(socket: WebSocket): void {
  const cut = setTimeout(() => socket.terminate(), closeTimeout);
  socket.once('close', () => clearTimeout(cut));
}

function closeAndIgnore(socket: WebSocket, reason: string): void {
  closeGracefully(socket, CloseCode.TooManyInitialisationRequests, reason);
  ignore(socket);
}

/** Reads nothing more of a client that sends what nobody will read; the protocol would read on until it leaves. */
function ignore(socket: WebSocket): void {
  cutLater(socket);
  setImmediate(() => socket.pause());
}

function keepAlive(socket: WebSocket): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    if (isOpen(socket)) socket.ping();
  }, pingInterval);
  socket.once('close', () => clearInterval(timer));
}

/** Returns when the message is with the system, or the socket is gone. */
async function send(socket: WebSocket, data: string): Promise<void> {
  if (!isOpen(socket)) return;
  const sent = new Promise<void>((resolve) => socket.send(data, () => resolve()));
  if (socket.bufferedAmount > unsentLimit) socket.pause();
  await sent;
  if (socket.isPaused && socket.bufferedAmount <= unsentLimit) socket.resume();
}

function pongOf(payload: Record<string, unknown> | undefined): string {
  return stringifyMessage({ type: MessageType.Pong, ...(payload && { payload }) });
}

function fail(socket: WebSocket, failure: unknown, log: Logger): void {
  const { message } = failure as Partial<Error>;
  if (message?.startsWith('Unexpected message of type')) {
    closeGracefully(socket, CloseCode.BadRequest, 'Invalid message received');
    return;
  }
  reportUnexpected(log, failure, { place: 'socket', message: 'message of a socket failed' });
  closeGracefully(socket, CloseCode.InternalServerError, 'Internal server error');
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  return (data as Buffer).toString();
}

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === socket.OPEN;
}
