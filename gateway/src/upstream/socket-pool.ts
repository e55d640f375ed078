import type { Closable } from '@marquee/chassis/process/closers';
import { openSocket, type SocketOptions, type SubgraphSocket } from './subgraph-socket.js';

/** Maximum number of sockets to one subgraph that take new streams. */
const maxSockets = 4;

/** Another socket is opened when each carries this number of streams. */
const streamsPerSocket = 250;

/** Maximum number of sockets to one subgraph, with those that only carry their old streams. */
const maxOpenSockets = 32;

/** Milliseconds for which a socket takes new streams: half of it at least, one and a half times at most. */
const acceptMs = 180_000;

interface PooledSocket {
  socket: SubgraphSocket;
  /** When it stops to take new streams, by `performance.now()`. */
  acceptsUntil: number;
}

/**
 * The sockets to one subgraph: the loss of one interrupts a part of the streams, and none carries the messages of all. A
 * socket takes new streams for some minutes, so that a replica that was added gets its share of them; those that it has
 * stay until they end. Load balancers and proxies choose a replica only for each socket.
 */
export class SocketPool implements Closable {
  #sockets: PooledSocket[] = [];

  constructor(private readonly options: SocketOptions) {}

  /** The socket for the next stream: the one with the fewest, or another one if all of them carry many. */
  pick(): SubgraphSocket {
    const now = performance.now();
    this.#removeUnused(now);
    const isFull = this.#sockets.length >= maxOpenSockets;
    const candidates = isFull ? this.#sockets : this.#sockets.filter(({ acceptsUntil }) => acceptsUntil > now);
    const [least] = candidates
      .map(({ socket }) => socket)
      .toSorted((one, other) => one.streamCount() - other.streamCount());
    if (least && (isFull || least.streamCount() < streamsPerSocket || candidates.length >= maxSockets)) return least;
    return this.#open(now);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map(async ({ socket }) => socket.close()));
  }

  #open(now: number): SubgraphSocket {
    const socket = openSocket(this.options);
    const { acceptStreamsMs = acceptMs } = this.options;
    this.#sockets.push({ socket, acceptsUntil: now + acceptStreamsMs * (0.5 + Math.random()) });
    return socket;
  }

  /** A socket without streams has no connection any more. */
  #removeUnused(now: number): void {
    const isUnused = ({ socket, acceptsUntil }: PooledSocket) => acceptsUntil <= now && socket.streamCount() === 0;
    for (const { socket } of this.#sockets.filter(isUnused)) void socket.close();
    this.#sockets = this.#sockets.filter((pooled) => !isUnused(pooled));
  }
}
