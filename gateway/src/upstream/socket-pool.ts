import type { Closable } from '@marquee/chassis/process/closers';
import { openSocket, type SocketOptions, type SubgraphSocket } from './subgraph-socket.js';

/** Maximum number of sockets to one subgraph. */
const maxSockets = 4;

/** Another socket is opened when each carries this number of streams. */
const streamsPerSocket = 250;

/** The sockets to one subgraph: the loss of one interrupts a part of the streams, and none carries the messages of all. */
export class SocketPool implements Closable {
  readonly #sockets: SubgraphSocket[] = [];

  constructor(private readonly options: SocketOptions) {}

  /** The socket for the next stream: the one with the fewest, or another one if all of them carry many. */
  pick(): SubgraphSocket {
    const [least] = this.#sockets.toSorted((one, other) => one.streamCount() - other.streamCount());
    if (least && (least.streamCount() < streamsPerSocket || this.#sockets.length >= maxSockets)) return least;
    const socket = openSocket(this.options);
    this.#sockets.push(socket);
    return socket;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map(async (socket) => socket.close()));
  }
}
