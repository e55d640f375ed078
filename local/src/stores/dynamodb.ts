import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

export interface DynamodbOptions {
  /** Where the data lives; in memory when left out. One process may use a directory at a time. */
  directory?: string;
  port: number;
}

/** A running store with DynamoDB's protocol, on 127.0.0.1 only. */
export interface Dynamodb {
  endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts the DynamoDB-compatible store in this process. What it has answered is on the disk: a kill loses nothing.
 * @throws the system's error, for instance EADDRINUSE when the port is taken
 */
export async function openDynamodb({ directory, port }: DynamodbOptions): Promise<Dynamodb> {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const store = dynalite({ path: directory, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve, reject) => store.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        store.close(() => resolve());
        store.closeAllConnections();
      }),
  };
}
