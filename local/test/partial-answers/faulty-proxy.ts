import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';

/**
 * - `pass`: forwards everything
 * - `stopped`: closes every connection, like a process that does not run
 * - `hung`: accepts connections and never responds, like a process that was stopped by SIGSTOP
 * - `slow`: responds later by the milliseconds that are set
 */
export type Mode = 'pass' | 'stopped' | 'hung' | 'slow';

/** A TCP proxy to a service, which can fail in several ways. */
export interface FaultyProxy extends Closable {
  url: string;
  /** @param slowMs for the mode `slow` */
  setMode(mode: Mode, slowMs?: number): void;
}

export async function openFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let mode: Mode = 'pass';
  let slowMs = 0;
  const track = (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    return socket;
  };
  const server = createServer((client) => {
    track(client);
    if (mode === 'stopped') return void client.destroy();
    const upstream = track(connect(Number(port), hostname));
    client.on('data', (data) => void (mode === 'hung' || upstream.write(data)));
    upstream.on('data', (data) => void respond(client, data));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  async function respond(client: Socket, data: Buffer): Promise<void> {
    if (mode === 'slow') await wait(slowMs);
    if (mode !== 'hung' && !client.destroyed) client.write(data);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setMode(next, milliseconds = 0) {
      [mode, slowMs] = [next, milliseconds];
      // Connections that were silent must not deliver late responses to a test that follows.
      if (mode !== 'hung' && mode !== 'slow') for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
