import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { waitForBackoff } from '../timing/backoff.js';

/** A migration file. */
interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** The migration files and the database contradict each other, or a migration got no lock on its tables. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

export interface MigrateOptions {
  /** The default of `statement_timeout` that the role gets. Default: it is not changed. */
  roleTimeoutMs?: number | undefined;
  /**
   * Milliseconds for which a statement of a migration waits for a lock. Meanwhile the statements of the running services
   * on the same table wait behind it. Default: 1,000.
   */
  lockTimeoutMs?: number;
  /** Attempts to apply a migration whose statements get no lock in time. Default: 60, which take about five minutes. */
  attempts?: number;
}

/** Pauses between attempts, in which the statements that waited go on. */
const lockBackoff = { baseMs: 500, maxMs: 5_000 };

/**
 * Applies the pending migrations of a schema in the order of their names: each in a transaction of its own, under an
 * advisory lock, so that replicas that start together apply each once. A migration that gets no lock in time is rolled back
 * and repeated; those before it stay. Migrations are never reverted: an older build also runs with those of a newer one,
 * during a deployment or after a rollback. A migration must therefore not remove anything that the build before it uses.
 *
 * @param folder contains `NNNN_name.sql` files, which must not change once they are applied
 * @throws MigrationError if an applied file was edited or is missing, if a new one sorts before an applied one, or if a
 * migration got no lock in any attempt
 */
export async function migrate(
  source: DataSource,
  schema: string,
  folder: URL,
  { roleTimeoutMs, lockTimeoutMs = 1_000, attempts = 60 }: MigrateOptions = {},
): Promise<void> {
  const migrations = await readMigrations(folder);
  const step = (runner: QueryRunner) => applyNext(runner, { schema, migrations, roleTimeoutMs, lockTimeoutMs });
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await inTransaction(source, step)) return;
      attempt = 0;
    } catch (failure) {
      if (!isLockFailure(failure)) throw failure;
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
    await runner.startTransaction();
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

interface MigrationStep {
  schema: string;
  migrations: readonly Migration[];
  roleTimeoutMs: number | undefined;
  lockTimeoutMs: number;
}

/** Returns whether it was the last one. Replicas wait for each other as long as a migration takes. */
async function applyNext(
  runner: QueryRunner,
  { schema, migrations, roleTimeoutMs, lockTimeoutMs }: MigrationStep,
): Promise<boolean> {
  await runner.query('set local statement_timeout = 0; set local lock_timeout = 0');
  await runner.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`migrate ${schema}`]);
  await runner.query(`set local lock_timeout = ${lockTimeoutMs}`);
  await prepare(runner, schema);
  if (roleTimeoutMs !== undefined) await limitRole(runner, roleTimeoutMs);
  const [next, ...later] = pending(migrations, await applied(runner));
  if (next) await apply(runner, next);
  return later.length === 0;
}

/** A lock was not available in time, or two transactions waited for each other. */
function isLockFailure(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  const { code, cause, driverError } = failure as { code?: unknown; cause?: unknown; driverError?: unknown };
  return ['55P03', '40P01'].includes(String(code)) || isLockFailure(driverError ?? cause);
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

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

function pending(migrations: readonly Migration[], done: ReadonlyMap<string, string>): Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const latest = migrations.at(-1)?.name ?? '';
  const missing = [...done.keys()].filter((name) => name < latest && !known.has(name));
  if (missing.length > 0)
    throw new MigrationError(`The database has migrations without a file: ${missing.join(', ')}.`);
  const edited = migrations.filter(({ name, checksum }) => done.has(name) && done.get(name) !== checksum);
  if (edited.length > 0)
    throw new MigrationError(
      `Edited after they were applied: ${edited.map(({ name }) => name).join(', ')}. Add new migrations instead.`,
    );
  const fresh = migrations.filter(({ name }) => !done.has(name));
  const newest = [...done.keys()].sort().at(-1) ?? '';
  const late = fresh.filter(({ name }) => name < newest);
  if (late.length > 0)
    throw new MigrationError(
      `${late.map(({ name }) => name).join(', ')} sorts before ${newest}, which is already applied.`,
    );
  return fresh;
}

async function apply(runner: QueryRunner, { name, sql, checksum }: Migration): Promise<void> {
  await runner.query(sql);
  await runner.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum]);
}
