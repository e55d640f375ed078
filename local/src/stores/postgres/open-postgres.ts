import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { postgresAccount } from './postgres-account.js';
import { postgresBinaries } from './binaries.js';
import { adminRole, ensureCluster } from './cluster.js';
import { databaseUrl, provision, type Tenant } from './databases.js';
import { startServer } from './postgres-server.js';

export interface PostgresOptions {
  /** Where the server's files live; its parent is made when missing. */
  directory: string;
  port: number;
  adminPassword: string;
  tenants: readonly Tenant[];
  /** False trades safety against crashes for speed, for data that nobody keeps. */
  durable: boolean;
  onLine?(line: string): void;
}

/** A running Postgres of our own, on 127.0.0.1 only. */
export interface Postgres {
  pid: number;
  /** The database as its superuser. */
  adminUrl: string;
  /** Settles when the server is gone, with how it ended. */
  ended: Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts Postgres and brings it to the state that services expect, whatever a former run left behind:
 * a half-made directory, a server that still runs, one that was killed.
 * Only one caller at a time may use a directory; the launcher's lock sees to that.
 *
 * @throws with Postgres's own words when it does not start
 */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const { port, adminPassword } = options;
  const parent = dirname(options.directory);
  await mkdir(parent, { recursive: true });
  const directory = join(await realpath(parent), basename(options.directory));
  const binaries = await postgresBinaries();
  const account = await postgresAccount(binaries.initdb, await realpath(parent));
  await ensureCluster(directory, binaries, account, adminPassword);
  const server = await startServer({
    directory,
    port,
    account,
    program: binaries.postgres,
    settings: ['max_connections=200', ...(options.durable ? [] : nonDurableSettings)],
    onLine: options.onLine ?? (() => undefined),
  });
  try {
    await provision(port, adminPassword, options.tenants);
  } catch (failure) {
    await server.close();
    throw failure;
  }
  return { ...server, adminUrl: databaseUrl(port, adminRole, adminPassword) };
}

const nonDurableSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off'];
