import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

/** An emulator of SNS and SQS in the test's process. It forgets everything when it is closed. */
export interface EventEmulator {
  endpoint: string;
  port: number;
  close(): Promise<void>;
}

/** @param port that of an emulator that was closed, to restart it. Default: a free one */
export async function openEventEmulator(port = 0): Promise<EventEmulator> {
  // `startFauxqs` listens on all addresses.
  const app = buildApp({ logger: false });
  await app.listen({ port, host: '127.0.0.1' });
  const address = app.server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${address.port}`, port: address.port, close: () => app.close() };
}
