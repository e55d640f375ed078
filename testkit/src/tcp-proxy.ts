import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of a service or a store, which fails like a broken network. */
export interface TcpProxy {
  /** The address of the service with the host and port of the proxy. */
  url: string;
  /** Number of connections that were opened through it. */
  connectionCount(): number;
  /** Number of bytes that clients sent, dropped ones included. */
  sentBytes(): number;
  /** Stops forwarding on all current connections; with `forGood` on new ones, too. Connections stay open. */
  freeze(options?: { forGood: boolean }): void;
  /** Accepts connections and bytes, and drops the bytes of both sides. */
  swallow(): void;
  /** Forwards requests, and holds the bytes of the service back. */
  stall(): void;
  /** Forwards the bytes of the service with a delay. */
  delay(milliseconds: number): void;
  /** Forwards bytes again, first those that were held back. Bytes that were dropped stay lost. */
  forward(): void;
  /** Resets all current connections. */
  reset(): void;
  /** Resets all current connections and refuses new ones. */
  refuse(): Promise<void>;
  /** Accepts connections again. */
  accept(): Promise<void>;
  close(): void;
}

/** @param url the address of the service, with any scheme */
export async function openTcpProxy(url: string): Promise<TcpProxy> {
  const network = new FaultyNetwork(new URL(url));
  const server = createServer((client) => network.connect(client)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: withPort(url, port),
    connectionCount: () => network.connectionCount,
    sentBytes: () => network.sentBytes,
    freeze: ({ forGood } = { forGood: false }) => network.freeze(forGood),
    swallow: () => void (network.isSilent = true),
    stall: () => void (network.isStalled = true),
    delay: (milliseconds) => void (network.delayMs = milliseconds),
    forward: () => network.heal(),
    reset: () => network.reset(),
    async refuse() {
      const closed = once(server, 'close');
      server.close();
      network.reset();
      await closed;
    },
    async accept() {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },
    close() {
      server.close();
      network.forEach((socket) => socket.destroy());
    },
  };
}

class FaultyNetwork {
  connectionCount = 0;
  sentBytes = 0;
  isSilent = false;
  isStalled = false;
  delayMs = 0;
  #isFrozen = false;
  readonly #sockets = new Set<Socket>();
  readonly #held: HeldWrite[] = [];

  constructor(private readonly service: URL) {}

  connect(client: Socket): void {
    this.connectionCount += 1;
    this.#track(client);
    if (this.#isFrozen) return;
    client.on('data', ({ length }) => (this.sentBytes += length));
    const service = connect(Number(this.service.port), this.service.hostname);
    this.#track(service);
    this.#forward(client, service, (write) => write());
    this.#forward(service, client, (write) => this.#respond(write));
  }

  freeze(forGood: boolean): void {
    this.#isFrozen = forGood;
    this.forEach((socket) => void socket.removeAllListeners('data').pause());
  }

  heal(): void {
    Object.assign(this, { isSilent: false, isStalled: false, delayMs: 0 });
    for (const { write } of this.#held.splice(0)) write();
  }

  reset(): void {
    this.forEach((socket) => socket.resetAndDestroy());
  }

  forEach(act: (socket: Socket) => void): void {
    for (const socket of this.#sockets) act(socket);
  }

  #forward(from: Socket, to: Socket, schedule: (write: () => void) => void): void {
    from.on('data', (bytes) => {
      if (this.isSilent) return;
      schedule(() => {
        if (!to.write(bytes)) from.pause();
      });
    });
    to.on('drain', () => from.resume());
    from.once('close', () => to.destroy());
  }

  #respond(write: () => void): void {
    if (this.#held.length === 0 && !this.isStalled && this.delayMs === 0) return write();
    this.#held.push({ write, due: this.isStalled ? Infinity : performance.now() + this.delayMs });
    // Without sockets, nothing waits for the bytes.
    if (!this.isStalled) setTimeout(() => this.#writeDue(), this.delayMs).unref();
  }

  #writeDue(): void {
    // Timers may be early by a part of a millisecond.
    while ((this.#held[0]?.due ?? Infinity) <= performance.now() + 1) this.#held.shift()?.write();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => this.#sockets.delete(socket));
  }
}

/** Bytes of the service that are held back. */
interface HeldWrite {
  /** Milliseconds on the clock of `performance.now()`. */
  due: number;
  write(): void;
}

function withPort(url: string, port: number): string {
  const { protocol, username, password, pathname, search } = new URL(url);
  const credentials = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
  return `${protocol}//${credentials}127.0.0.1:${port}${pathname}${search}`;
}
