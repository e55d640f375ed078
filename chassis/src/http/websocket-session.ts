import type { WebSocket } from 'ws';
import type { ClientSocket } from './websocket-server.js';
import { closeGracefully, type IdleState } from './websocket-connection.js';

/** The state of one socket in the protocol. */
export interface SocketSession<Connection> extends IdleState {
  socket: ClientSocket;
  /** What `onConnect` returned; undefined before that. */
  connection?: Connection;
}

export function createSession<Connection>(socket: WebSocket, address: string): SocketSession<Connection> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  // The reason of a close frame has at most 123 bytes (RFC 6455, section 5.5).
  const close = (code: number, reason: string) => closeGracefully(socket, code, reason.slice(0, 100));
  return { socket: { close, closed: closed.signal, address }, activeMessages: 0 };
}
