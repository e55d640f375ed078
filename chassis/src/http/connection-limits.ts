import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { observedValue } from '../telemetry/instruments.js';
import { networkOf } from './client-network.js';
import { createConcurrencyLimiter } from './concurrency-limiter.js';

/** Limits of the open connections of a server. An omitted limit is not enforced. */
export interface ConnectionLimits {
  /** Connections from one address, as this machine sees it. Upgraded connections are not included. */
  perAddress?: number | undefined;
  /** All connections, upgraded ones included. */
  total?: number | undefined;
}

/**
 * Rejects connections above the limits before anything is read from them: with 429 if one address has too many, without a
 * response if there are too many in total.
 */
export function limitConnections(server: Server, { perAddress, total }: ConnectionLimits): void {
  if (total !== undefined) server.maxConnections = total;
  server.on('drop', () => (rejections.all.value += 1));
  const limiter = createConcurrencyLimiter(perAddress);
  const releases = new WeakMap<Duplex, () => void>();
  server.on('connection', (socket: Socket) => {
    const release = limiter.acquire(networkOf(socket.remoteAddress ?? ''));
    if (!release) return rejectAddress(socket);
    releases.set(socket, release);
    socket.once('close', release);
  });
  server.prependListener('upgrade', (_: IncomingMessage, socket: Duplex) => releaseUpgraded(socket, releases));
}

/** Thousands of upgraded connections are open for hours, so the limit keeps nothing of them. */
function releaseUpgraded(socket: Duplex, releases: WeakMap<Duplex, () => void>): void {
  const release = releases.get(socket);
  if (!release) return;
  release();
  releases.delete(socket);
  socket.off('close', release);
}

function rejectAddress(socket: Socket): void {
  rejections.address.value += 1;
  rejectAndClose(socket, '429 Too Many Requests');
}

/**
 * Sends an empty HTTP response and closes the connection, whether or not the client does.
 * @param status such as `404 Not Found`
 */
export function rejectAndClose(socket: Duplex, status: string): void {
  // The socket has no other listener, and an unhandled error event would end the process.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

// Both exist from the start, so that a chart shows zero and not a gap.
const rejections = {
  all: observedValue('marquee.connections.refused', { by: 'all' }),
  address: observedValue('marquee.connections.refused', { by: 'address' }),
};
