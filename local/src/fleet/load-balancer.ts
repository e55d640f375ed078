import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Closable } from '@marquee/chassis/process/closers';

/** A TCP load balancer in front of replicas, which distributes connections round-robin. */
export interface LoadBalancer extends Closable {
  port: number;
  /** Adds the replica on this port. */
  addReplica(port: number): void;
  /** Stops new connections to a replica; existing ones stay open. */
  removeReplica(port: number): void;
}

/** Opens a load balancer. A replica that refuses a connection is skipped. */
export async function openLoadBalancer(): Promise<LoadBalancer> {
  const sockets = new Set<Socket>();
  const ports = new Set<number>();
  let turn = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const available = [...ports];
    turn += 1;
    const candidates = available.map((_, index) => available[(turn + index) % available.length] ?? 0);
    track(client, sockets);
    void forward(client, candidates, sockets);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    addReplica: (port) => void ports.add(port),
    removeReplica: (port) => void ports.delete(port),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Connects a client to the first available replica, or closes it if no replica is available. */
async function forward(client: Socket, ports: readonly number[], sockets: Set<Socket>): Promise<void> {
  const replica = await connectToFirst(ports);
  if (!replica) return void client.destroy();
  track(replica, sockets);
  for (const [one, other] of [
    [client, replica],
    [replica, client],
  ] as const) {
    one.pipe(other);
    one.once('close', () => other.destroySoon());
  }
  if (client.destroyed) replica.destroy();
}

async function connectToFirst(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (isOpen) return socket;
  }
  return undefined;
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => sockets.delete(socket));
}
