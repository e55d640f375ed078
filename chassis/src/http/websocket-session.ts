import type { WebSocket } from 'ws';
import type { ClientSocket } from './websocket-server.js';
import { closeGracefully } from './websocket-connection.js';

/** What the protocol carries for one socket. */
export interface SocketSession<Connection> {
  socket: ClientSocket;
  /** Once it was let in. */
  connection?: Connection;
  /** Messages that are worked on now; an operation counts for as long as it runs. */
  activeMessages: number;
}

export function createSession<Connection>(socket: WebSocket, address: string): SocketSession<Connection> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  // A close frame carries 123 bytes of reason at most.
  const close = (code: number, reason: string) => closeGracefully(socket, code, reason.slice(0, 100));
  return { socket: { close, closed: closed.signal, address }, activeMessages: 0 };
}
