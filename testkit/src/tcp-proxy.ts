import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of a service or a store, which fails like a broken network. */
export interface TcpProxy {
  /** The address of the service with the host and port of the proxy. */
  url: string;
  /** Number of connections that were opened through it. */
  connectionCount(): number;
  /** Stops forwarding on all current connections; with `forGood` on new ones, too. Connections stay open. */
  freeze(options?: { forGood: boolean }): void;
  /** Accepts connections and bytes, and drops the bytes of both sides. */
  swallow(): void;
  /** Forwards bytes again. Those that were dropped stay lost. */
  forward(): void;
  /** Resets all current connections. */
  reset(): void;
  close(): void;
}

/** @param url the address of the service, with any scheme */
export async function openTcpProxy(url: string): Promise<TcpProxy> {
  const network = new FaultyNetwork(new URL(url));
  const server = createServer((client) => network.connect(client)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: withPort(url, (server.address() as AddressInfo).port),
    connectionCount: () => network.connectionCount,
    freeze: ({ forGood } = { forGood: false }) => network.freeze(forGood),
    swallow: () => void (network.isSilent = true),
    forward: () => void (network.isSilent = false),
    reset: () => network.forEach((socket) => socket.resetAndDestroy()),
    close() {
      server.close();
      network.forEach((socket) => socket.destroy());
    },
  };
}

class FaultyNetwork {
  connectionCount = 0;
  isSilent = false;
  #isFrozen = false;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly service: URL) {}

  connect(client: Socket): void {
    this.connectionCount += 1;
    this.#track(client);
    if (this.#isFrozen) return;
    const service = connect(Number(this.service.port), this.service.hostname);
    this.#track(service);
    this.#forward(client, service);
    this.#forward(service, client);
  }

  freeze(forGood: boolean): void {
    this.#isFrozen = forGood;
    this.forEach((socket) => void socket.removeAllListeners('data').pause());
  }

  forEach(act: (socket: Socket) => void): void {
    for (const socket of this.#sockets) act(socket);
  }

  #forward(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (!this.isSilent && !to.write(bytes)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.once('close', () => to.destroy());
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => this.#sockets.delete(socket));
  }
}

function withPort(url: string, port: number): string {
  const { protocol, username, password, pathname, search } = new URL(url);
  const credentials = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
  return `${protocol}//${credentials}127.0.0.1:${port}${pathname}${search}`;
}
