import 'reflect-metadata';
import { z } from 'zod';
import { DataSource, EventSubscriber, type EntitySubscriberInterface, type MixedList } from 'typeorm';
import { subgraphSettings } from '../config/settings.js';
import { recordStoreRequest } from '../telemetry/store-requests.js';
import { migrate } from './migrate.js';

/** The environment variables of a service with a Postgres schema. */
export const postgresSettings = subgraphSettings.extend({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://role:password@host:port/database' })
    .describe('Postgres database: `postgres://role:password@host:port/database`.'),
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
    .describe('Maximum number of connections of this process to Postgres.'),
});

/** The variables that locate the schema: all that a program without a server needs. */
export const schemaSettings = postgresSettings.pick({ DATABASE_URL: true, DATABASE_SCHEMA: true, DATABASE_POOL: true });

export type SchemaSettings = z.output<typeof schemaSettings>;

/** An open database. The search path of `source` is the service's schema. */
export interface Postgres {
  source: DataSource;
  /** @throws the driver's error if the database does not respond */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions {
  entities: MixedList<new () => object>;
  /** The folder with the service's `NNNN_name.sql` files. */
  migrations: URL;
}

/**
 * Connects to the service's schema and applies pending migrations.
 * @throws MigrationError if database and migration files contradict each other; the driver's error if the database is
 * unreachable
 */
export async function openPostgres(settings: SchemaSettings, options: PostgresOptions): Promise<Postgres> {
  const source = new DataSource({
    type: 'postgres',
    url: settings.DATABASE_URL,
    schema: settings.DATABASE_SCHEMA,
    entities: options.entities,
    subscribers: [StatementRecorder],
    poolSize: settings.DATABASE_POOL,
    installExtensions: false,
    extra: { options: `-c search_path=${settings.DATABASE_SCHEMA},public`, connectionTimeoutMillis: 5_000 },
  });
  await source.initialize();
  try {
    await migrate(source, settings.DATABASE_SCHEMA, options.migrations);
  } catch (failure) {
    await source.destroy();
    throw failure;
  }
  return {
    source,
    check: async () => void (await source.query('select 1')),
    close: () => source.destroy(),
  };
}

/** Records every statement of typeorm as a store request, transaction control included. */
@EventSubscriber()
class StatementRecorder implements EntitySubscriberInterface {
  afterQuery({ query, executionTime, success }: { query: string; executionTime?: number; success: boolean }): void {
    recordStoreRequest({ store: 'postgres', statement: query, milliseconds: executionTime ?? 0, failed: !success });
  }
}
