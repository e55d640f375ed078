/**
 * Migrations that build indexes while the running services write to the table. Their first line is `-- transaction: false`,
 * and they contain only these statements, each of which can be repeated:
 *
 *   create [unique] index concurrently if not exists NAME on TABLE ...;
 *   drop index concurrently if exists NAME;
 */
import type { QueryRunner } from 'typeorm';
import { type Migration, MigrationError } from './migration-files.js';
import { hasSqlState } from './statement-errors.js';

/** A statement of such a migration. */
export interface IndexStatement {
  kind: 'create' | 'drop';
  index: string;
  /** The table of a new index. */
  table: string | undefined;
  sql: string;
}

/**
 * Returns the statements of a migration that does not run in a transaction, undefined for one that does.
 * @throws MigrationError for a statement that is not allowed in it
 */
export function parseIndexMigration({ name, sql }: Migration): IndexStatement[] | undefined {
  if (!sql.startsWith('-- transaction: false\n')) return undefined;
  const statements = sql.replaceAll(/^\s*--.*$/gm, '').split(/;\s*(?:\n|$)/);
  return statements.map((text) => text.trim()).flatMap((text) => (text === '' ? [] : [parseStatement(name, text)]));
}

/** Whether all tables that get an index are empty. Then building the indexes in a transaction blocks no one for long. */
export async function areTablesEmpty(runner: QueryRunner, statements: readonly IndexStatement[]): Promise<boolean> {
  for (const { table } of statements) {
    if (table === undefined) return false;
    if (((await runner.query(`select from ${table} limit 1`)) as unknown[]).length > 0) return false;
  }
  return true;
}

/** Runs the statements in the transaction of the runner, for tables without rows. */
export async function buildInTransaction(runner: QueryRunner, statements: readonly IndexStatement[]): Promise<void> {
  for (const { kind, index, sql } of statements) {
    if (kind === 'create' && (await isValid(runner, index)) === false) await runner.query(`drop index ${index}`);
    await runner.query(sql.replace(/\bconcurrently\s/i, ''));
  }
}

/**
 * Runs the statements outside of a transaction. An index that an interrupted attempt has left behind is invalid: it slows
 * down writes and serves no query, so it is dropped and built again.
 * @param lockTimeoutMs milliseconds for which a statement waits for other transactions; writes go on meanwhile
 * @throws MigrationError if an index is not valid afterwards; the error of the server
 */
export async function buildConcurrently(
  runner: QueryRunner,
  statements: readonly IndexStatement[],
  lockTimeoutMs: number,
): Promise<void> {
  await runner.query('set statement_timeout = 0');
  await runner.query(`set lock_timeout = ${lockTimeoutMs}`);
  try {
    for (const statement of statements) await buildIndex(runner, statement);
  } catch (failure) {
    throw hasSqlState(failure, ['57014']) ? new MigrationError(endedMessage, { cause: failure }) : failure;
  } finally {
    await runner.query('reset statement_timeout').catch(() => undefined);
    await runner.query('reset lock_timeout').catch(() => undefined);
  }
}

/** The limit of this session is lifted, but a pooler may run each statement in another one. */
const endedMessage =
  'The server ended the building of an index at its statement_timeout. Behind a pooler such as PgBouncer, run the migration ' +
  'with a DATABASE_URL that leads to Postgres itself.';

async function buildIndex(runner: QueryRunner, { kind, index, sql }: IndexStatement): Promise<void> {
  if (kind === 'create' && (await isValid(runner, index)) === false)
    await runner.query(`drop index concurrently if exists ${index}`);
  await runner.query(sql);
  if (kind === 'create' && !(await isValid(runner, index)))
    throw new MigrationError(`"${index}" is not a valid index after it was built.`);
}

/** Undefined if there is no index with this name. */
async function isValid(runner: QueryRunner, index: string): Promise<boolean | undefined> {
  const sql = 'select indisvalid as "isValid" from pg_index where indexrelid = to_regclass($1)';
  const [row] = (await runner.query(sql, [index])) as { isValid: boolean }[];
  return row?.isValid;
}

const creation =
  /^create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+([a-z_0-9]+)\s+on\s+([a-z_0-9]+)\s/i;
const removal = /^drop\s+index\s+concurrently\s+if\s+exists\s+([a-z_0-9]+)$/i;

function parseStatement(name: string, sql: string): IndexStatement {
  const created = creation.exec(sql);
  if (created?.[1]) return { kind: 'create', index: created[1], table: created[2], sql };
  const dropped = removal.exec(sql);
  if (dropped?.[1]) return { kind: 'drop', index: dropped[1], table: undefined, sql };
  throw new MigrationError(
    `${name} runs outside of a transaction, where only "create [unique] index concurrently if not exists" and "drop index ` +
      `concurrently if exists" are allowed, not "${sql.split('\n', 1)[0]}".`,
  );
}
