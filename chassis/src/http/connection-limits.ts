import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { counter } from '../telemetry/instruments.js';
import { networkOf } from './client-network.js';
import { createConcurrencyLimiter } from './concurrency-limiter.js';

/** Connections that a server holds at the same time; nothing is limited where it is left out. */
export interface ConnectionLimits {
  /** From one address as this machine sees it; a connection that has become a socket counts no more. */
  perAddress?: number | undefined;
  /** All of them, sockets too. */
  total?: number | undefined;
}

/**
 * Turns connections away that are too many, before anything of them is read: with 429 where it is one address that has
 * too many, without a word where there are too many of all.
 */
export function limitConnections(server: Server, { perAddress, total }: ConnectionLimits): void {
  if (total !== undefined) server.maxConnections = total;
  server.on('drop', () => count('all'));
  const tally = createConcurrencyLimiter(perAddress);
  const leaving = new WeakMap<Duplex, () => void>();
  server.on('connection', (socket: Socket) => {
    const leave = tally.acquire(networkOf(socket.remoteAddress ?? ''));
    if (!leave) return turnAway(socket);
    leaving.set(socket, leave);
    socket.once('close', leave);
  });
  server.prependListener('upgrade', (_: IncomingMessage, socket: Duplex) => leaving.get(socket)?.());
}

function turnAway(socket: Socket): void {
  count('address');
  rejectAndClose(socket, '429 Too Many Requests');
}

/** Answers with an HTTP status, such as `404 Not Found`, and leaves the connection whether its client does or not. */
export function rejectAndClose(socket: Duplex, status: string): void {
  // Nobody else listens any more, and an error that nobody hears would end the process.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function count(by: string): void {
  counter('marquee.connections.refused').add(1, { by });
}
