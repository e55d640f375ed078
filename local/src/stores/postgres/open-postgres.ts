import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { postgresAccount } from './postgres-account.js';
import { postgresBinaries } from './binaries.js';
import { adminRole, ensureCluster } from './cluster.js';
import { databaseUrl, provision, type Tenant } from './databases.js';
import { type Server, startServer } from './postgres-server.js';

export interface PostgresOptions {
  /** The data directory; its parent is created if necessary. */
  directory: string;
  port: number;
  adminPassword: string;
  tenants: readonly Tenant[];
  /** False trades crash safety for speed, for temporary data. */
  durable: boolean;
  onLine?(line: string): void;
}

/** A running embedded Postgres, bound to 127.0.0.1. */
export interface Postgres extends Server {
  /** Connection URL of the superuser. */
  adminUrl: string;
}

/**
 * Starts Postgres with the databases and roles of the services. Recovers from interrupted runs: an incomplete data
 * directory, a server that is still running, or one that was killed.
 * A directory may be used by one caller at a time, which the launcher's lock ensures.
 *
 * @throws with the output of Postgres when it does not start
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
