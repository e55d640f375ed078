import type { WebSocket } from 'ws';
import type { LiveSocket } from './live.js';
import { closeSoon } from './live-socket.js';

/** What the protocol carries for one socket. */
export interface Carrier<Connection> {
  socket: LiveSocket;
  /** Once it was let in. */
  connection?: Connection;
  /** Messages that are worked on now; an operation counts for as long as it runs. */
  running: number;
}

export function carrierOf<Connection>(socket: WebSocket, address: string): Carrier<Connection> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  // A close frame carries 123 bytes of reason at most.
  const close = (code: number, reason: string) => closeSoon(socket, code, reason.slice(0, 100));
  return { socket: { close, closed: closed.signal, address }, running: 0 };
}
