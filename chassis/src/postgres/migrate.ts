import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { waitForBackoff } from '../timing/backoff.js';
import {
  areTablesEmpty,
  buildConcurrently,
  buildInTransaction,
  type IndexStatement,
  parseIndexMigration,
} from './index-migration.js';
import { type Migration, MigrationError, pendingMigrations, readMigrations } from './migration-files.js';
import { hasSqlState } from './statement-errors.js';

export interface MigrateOptions {
  /** The default of `statement_timeout` that the role gets. Default: it is not changed. */
  roleTimeoutMs?: number | undefined;
  /**
   * Milliseconds for which a statement of a migration waits for a lock. Meanwhile the statements of the running services
   * on the same table wait behind it. Default: 1,000.
   */
  lockTimeoutMs?: number;
  /**
   * Milliseconds for which a statement that builds an index waits for other transactions to end. Nothing waits behind it.
   * Default: five minutes.
   */
  indexTimeoutMs?: number;
  /**
   * Attempts to apply a migration whose statements get no lock in time. Default: 60, which take about five minutes, or, for
   * indexes, 60 times `indexTimeoutMs`.
   */
  attempts?: number;
}

/** Pauses between attempts, in which the statements that waited go on. */
const lockBackoff = { baseMs: 500, maxMs: 5_000 };

/** Milliseconds between two attempts to become the replica that migrates. */
const turnMs = 100;

/**
 * Applies the pending migrations of a schema in the order of their names, each in a transaction of its own, one replica after
 * the other. A migration that gets no lock in time is rolled back and repeated; those before it stay. Migrations are never
 * reverted: an older build also runs with those of a newer one, during a deployment or after a rollback. A migration must
 * therefore not remove anything that the build before it uses.
 *
 * A migration that builds indexes on tables with rows runs outside of a transaction, see `index-migration.ts`. Such a
 * statement waits for all transactions of the database that have a snapshot. The replica that migrates therefore holds an
 * advisory lock in a transaction that runs no statement meanwhile (it has no snapshot in READ COMMITTED), and the others
 * wait between their attempts to get it, not in a statement. A transaction keeps its connection also behind PgBouncer,
 * where a lock of the session could not be released.
 *
 * @param source has at least two connections
 * @param folder contains `NNNN_name.sql` files, which must not change once they are applied
 * @throws MigrationError if an applied file was edited or is missing, if a new one sorts before an applied one, if a
 * migration got no lock in any attempt, or if one contains statements that it must not
 */
export async function migrate(
  source: DataSource,
  schema: string,
  folder: URL,
  { attempts = 60, ...options }: MigrateOptions = {},
): Promise<void> {
  const migrations = await readMigrations(folder);
  const step = (runner: QueryRunner) =>
    takeStep(runner, { lockTimeoutMs: 1_000, ...options, source, schema, migrations });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const outcome = await inTransaction(source, step);
      if (outcome === 'complete') return;
      if (outcome === 'waiting') await wait(turnMs);
      attempt = 0;
    } catch (failure) {
      if (!hasSqlState(failure, lockFailures)) throw failure;
      if (attempt >= attempts)
        throw new MigrationError(`A migration got no lock on its tables in ${attempts} attempts.`, { cause: failure });
      await waitForBackoff(attempt, lockBackoff);
    }
  }
}

async function inTransaction<Result>(
  source: DataSource,
  work: (runner: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction('READ COMMITTED');
    const result = await work(runner);
    await runner.commitTransaction();
    return result;
  } catch (failure) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw failure;
  } finally {
    await runner.release();
  }
}

interface MigrationStep extends Omit<MigrateOptions, 'attempts'> {
  source: DataSource;
  schema: string;
  migrations: readonly Migration[];
  lockTimeoutMs: number;
}

/** `waiting`: another replica migrates. `applied`: more migrations may be pending. */
type StepOutcome = 'waiting' | 'applied' | 'complete';

/** Applies the next migration, if this replica is the one that migrates. */
async function takeStep(runner: QueryRunner, step: MigrationStep): Promise<StepOutcome> {
  await runner.query(unlimited);
  if (!(await isTurn(runner, step.schema))) return 'waiting';
  await runner.query(`set local lock_timeout = ${step.lockTimeoutMs}`);
  await prepare(runner, step.schema);
  if (step.roleTimeoutMs !== undefined) await limitRole(runner, step.roleTimeoutMs);
  const [next, ...later] = pendingMigrations(step.migrations, await applied(runner));
  if (next) await apply(runner, next, step);
  return later.length === 0 ? 'complete' : 'applied';
}

/** No setting of the server or the role ends the transaction while indexes are built. */
const unlimited = `select set_config(name, '0', true) from pg_settings where name in
  ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

async function isTurn(runner: QueryRunner, schema: string): Promise<boolean> {
  const sql = 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "isTurn"';
  const [row] = (await runner.query(sql, [`migrate ${schema}`])) as { isTurn: boolean }[];
  return row?.isTurn ?? false;
}

/** A lock was not available in time, or two transactions waited for each other. */
const lockFailures = ['55P03', '40P01'];

/** The role may lack the right to create schemas if its own already exists. */
async function prepare(runner: QueryRunner, schema: string): Promise<void> {
  const [existing] = (await runner.query('select 1 from pg_namespace where nspname = $1', [schema])) as unknown[];
  if (!existing) await runner.query(`create schema "${schema}"`);
  await runner.query(`create table if not exists "${schema}".migration (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
}

/** A role may change its own defaults, which apply to its new sessions. */
async function limitRole(runner: QueryRunner, timeoutMs: number): Promise<void> {
  const setting = `statement_timeout=${timeoutMs}`;
  const sql = `select 1 from pg_db_role_setting join pg_roles on pg_roles.oid = setrole
    where setdatabase = 0 and rolname = current_user and $1 = any(setconfig)`;
  const [isSet] = (await runner.query(sql, [setting])) as unknown[];
  if (!isSet) await runner.query(`alter role current_user set ${setting}`);
}

async function applied(runner: QueryRunner): Promise<Map<string, string>> {
  const rows = (await runner.query('select name, checksum from migration')) as { name: string; checksum: string }[];
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function apply(
  runner: QueryRunner,
  migration: Migration,
  { source, indexTimeoutMs = 300_000 }: MigrationStep,
): Promise<void> {
  const indexes = parseIndexMigration(migration);
  if (!indexes) await runner.query(migration.sql);
  else await withConnection(source, (other) => buildIndexes({ runner, other }, indexes, indexTimeoutMs));
  const { name, checksum } = migration;
  await runner.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum]);
}

/** The transaction of `runner` must not touch the tables: what runs outside of it would wait for its end. */
async function buildIndexes(
  { runner, other }: Record<'runner' | 'other', QueryRunner>,
  indexes: readonly IndexStatement[],
  lockTimeoutMs: number,
): Promise<void> {
  if (await areTablesEmpty(other, indexes)) await buildInTransaction(runner, indexes);
  else await buildConcurrently(other, indexes, lockTimeoutMs);
}

async function withConnection(source: DataSource, work: (runner: QueryRunner) => Promise<void>): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await work(runner);
  } finally {
    await runner.release();
  }
}
