import pg from 'pg';
import { adminRole } from './cluster.js';

/** The database of the embedded run, with a schema for each service. */
const databaseName = 'marquee';

/** A role with its own schema of the same name, for one service. */
export interface Tenant {
  name: string;
  password: string;
}

/** The connection URL of the database for a role. */
export function databaseUrl(port: number, role: string, password: string, database: string = databaseName): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Whether the server answers a new connection in time, be it with an error. */
export async function acceptsConnections(url: string, timeoutMs: number): Promise<boolean> {
  const limits = { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs };
  const client = new pg.Client({ connectionString: url, ...limits });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (failure) {
    return failure instanceof pg.DatabaseError;
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** Creates the database, its extensions and, for each tenant, a role that only owns its schema; skips existing ones. */
export async function provision(port: number, adminPassword: string, tenants: readonly Tenant[]): Promise<void> {
  await withClient(databaseUrl(port, adminRole, adminPassword, 'postgres'), createDatabase);
  await withClient(databaseUrl(port, adminRole, adminPassword), async (client) => {
    await client.query('create extension if not exists pg_trgm schema public');
    for (const tenant of tenants) await createTenant(client, tenant);
  });
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
  if (rowCount === 0) await client.query(`create database ${databaseName}`);
}

async function createTenant(client: pg.Client, { name, password }: Tenant): Promise<void> {
  const role = client.escapeIdentifier(name);
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [name]);
  if (rowCount === 0) await client.query(`create role ${role} login`);
  await client.query(`alter role ${role} password ${client.escapeLiteral(password)}`);
  await client.query(`create schema if not exists ${role} authorization ${role}`);
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
