/** A socket that is kept alive. */
export interface PingedSocket {
  /** When its next ping is due, in whole milliseconds of `performance.now()`. Set by `KeepAlive`. */
  pingDueAt: number;
  /** Called when a ping is due. */
  onPingDue(): void;
}

/** Parts of an interval in which the sockets are pinged. */
const partsPerInterval = 60;

/** Milliseconds of the shortest part. */
const minPartMs = 10;

/**
 * The open sockets of a server, and one timer for the pings of all of them: an idle socket has no timer of its own. All
 * have the same interval, so the order in which they were pinged last is the order in which they are due.
 */
export class KeepAlive<Socket extends PingedSocket> {
  readonly #sockets = new Set<Socket>();
  #timer: NodeJS.Timeout | undefined;

  /** @param intervalMs milliseconds between two pings of a socket */
  constructor(private readonly intervalMs: number) {}

  get size(): number {
    return this.#sockets.size;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.#sockets.values();
  }

  /** Adds a socket, which is pinged after an interval for the first time. */
  add(socket: Socket): void {
    this.#append(socket, performance.now());
    this.#timer ??= setInterval(() => this.#pingDue(), Math.max(minPartMs, this.intervalMs / partsPerInterval));
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #append(socket: Socket, now: number): void {
    socket.pingDueAt = Math.ceil(now + this.intervalMs);
    this.#sockets.add(socket);
  }

  #pingDue(): void {
    const now = performance.now();
    for (const socket of this.#sockets) {
      if (socket.pingDueAt > now) return;
      this.#sockets.delete(socket);
      this.#append(socket, now);
      socket.onPingDue();
    }
  }
}
