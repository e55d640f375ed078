import 'reflect-metadata';
import { z } from 'zod';
import type { Pool } from 'pg';
import { DataSource, EventSubscriber, type EntitySubscriberInterface, type MixedList } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { awsSettings, subgraphSettings } from '../config/settings.js';
import { StoreError } from '../errors/store-error.js';
import { recordStoreRequest } from '../telemetry/store-requests.js';
import { ConnectionPool, poolOptions } from './connection-pool.js';
import { migrate } from './migrate.js';
import { openPasswords, type Passwords, passwordSettings } from './passwords.js';
import { PooledConnection } from './pooled-connection.js';
import { sessionDefaults } from './session-defaults.js';
import { isConnectTimeout, isPasswordRefused } from './statement-errors.js';

const defaultStatementSeconds = 10;

/** The environment variables of a service with a Postgres schema. */
export const postgresSettings = subgraphSettings.extend({
  ...awsSettings,
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://role:password@host:port/database' })
    .describe('Postgres database: `postgres://role:password@host:port/database`.'),
  ...passwordSettings,
  DATABASE_SCHEMA: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'expected a lower-case schema name')
    .describe("The service's own schema; it uses no other."),
  DATABASE_POOL: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(10)
    .describe('Maximum number of connections of this process to Postgres. At least 2 if it applies migrations.'),
  DATABASE_STATEMENT_SECONDS: z.coerce
    .number()
    .positive()
    .max(3_600)
    .default(defaultStatementSeconds)
    .describe('Maximum seconds of a statement. The deadline of a request ends its statements earlier.'),
});

/** The variables that locate the schema: all that a program without a server needs. */
export const schemaSettings = postgresSettings.pick({
  AWS_REGION: true,
  DATABASE_URL: true,
  DATABASE_PASSWORD_FILE: true,
  DATABASE_SECRET_ID: true,
  SECRETS_ENDPOINT: true,
  DATABASE_SCHEMA: true,
  DATABASE_POOL: true,
  DATABASE_STATEMENT_SECONDS: true,
});

export type SchemaSettings = Omit<
  z.output<typeof schemaSettings>,
  'AWS_REGION' | 'DATABASE_POOL' | 'DATABASE_STATEMENT_SECONDS'
> &
  Partial<z.output<typeof schemaSettings>>;

/** An open database. The search path of `source` is the service's schema. */
export interface Postgres {
  source: DataSource;
  /** @throws StoreError if the database does not respond, or does not accept writes */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions {
  entities: MixedList<new () => object>;
  /** The folder with the service's `NNNN_name.sql` files. Default: no migrations are applied. */
  migrations?: URL;
}

/**
 * Connects to the service's schema and applies pending migrations, if there are any.
 * @throws MigrationError if database and migration files contradict each other; the driver's error if the database is
 * unreachable
 */
export async function openPostgres(settings: SchemaSettings, options: PostgresOptions): Promise<Postgres> {
  const statementMs = (settings.DATABASE_STATEMENT_SECONDS ?? defaultStatementSeconds) * 1000;
  const passwords = openPasswords(settings);
  const session = sessionDefaults({ ...settings, statementMs });
  const source = new DataSource({
    type: 'postgres',
    url: settings.DATABASE_URL,
    schema: settings.DATABASE_SCHEMA,
    entities: options.entities,
    subscribers: [StatementRecorder],
    ...(settings.DATABASE_POOL !== undefined && { poolSize: poolSize(settings.DATABASE_POOL, options) }),
    installExtensions: false,
    extra: { ...poolOptions(passwords), ...session.startup },
  });
  const pool = usePool(source, passwords);
  await initialize(source, passwords);
  try {
    if (options.migrations) await migrate(source, settings.DATABASE_SCHEMA, options.migrations, session);
    if (options.migrations && session.roleTimeoutMs !== undefined) pool.distrust();
  } catch (failure) {
    await source.destroy();
    throw failure;
  }
  // Migrations take as long as they need.
  pool.statementMs = statementMs;
  return { source, check: () => checkWritable(source, pool), close: () => source.destroy() };
}

/** Migrations use two connections at the same time, see `migrate`. */
function poolSize(connections: number, { migrations }: PostgresOptions): number {
  return migrations ? Math.max(2, connections) : connections;
}

/** Attempts to open the first connection. */
const firstAttempts = 4;

/**
 * Opens the first connection, again after a time-out: while a process loads its modules, it cannot read the answer of the
 * server in time. The password in the environment may be older than the process.
 */
async function initialize(source: DataSource, passwords: Passwords | undefined): Promise<void> {
  let isRefusedAgain = false;
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now();
    try {
      await source.initialize();
      return;
    } catch (failure) {
      if (attempt === firstAttempts) throw failure;
      if (isConnectTimeout(failure)) continue;
      if (!passwords || isRefusedAgain || !isPasswordRefused(failure)) throw failure;
      isRefusedAgain = true;
      passwords.refused(startedAt);
    }
  }
}

/** Makes typeorm run its statements on connections that obey deadlines. */
function usePool({ driver }: DataSource, passwords: Passwords | undefined): ConnectionPool {
  const postgres = driver as PostgresDriver;
  const pool = new ConnectionPool(() => postgres.master as Pool, passwords);
  postgres.obtainMasterConnection = async () => {
    const connection = await new PooledConnection(pool).open();
    return [connection, (failure?: Error) => connection.release(failure)];
  };
  return pool;
}

/** After a failover, the server of the open connections may have become one that only reads. */
async function checkWritable(source: DataSource, pool: ConnectionPool): Promise<void> {
  const sql = `select current_setting('transaction_read_only') as "readOnly"`;
  const [row] = await source.query<{ readOnly: string }[]>(sql);
  if (row?.readOnly === 'off') return;
  pool.distrust();
  throw new StoreError('unavailable', new Error('the database is read-only'));
}

/** Records every statement of typeorm as a store request, transaction control included. */
@EventSubscriber()
class StatementRecorder implements EntitySubscriberInterface {
  afterQuery({ query, executionTime, success }: { query: string; executionTime?: number; success: boolean }): void {
    recordStoreRequest({ store: 'postgres', statement: query, milliseconds: executionTime ?? 0, failed: !success });
  }
}
