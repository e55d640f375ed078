import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

/** An emulator of SNS and SQS. It keeps its topics, queues and messages in memory. */
export interface EventEmulator {
  endpoint: string;
  close(): Promise<void>;
}

/** @throws system errors, such as EADDRINUSE when the port is taken */
export async function openEventEmulator({ port, host }: { port: number; host: string }): Promise<EventEmulator> {
  // `startFauxqs` listens on all addresses.
  const app = buildApp({ logger: false });
  await app.listen({ port, host });
  const address = app.server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${address.port}`, close: () => app.close() };
}
