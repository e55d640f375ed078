import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** A migration file. */
export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** The migration files and the database contradict each other, or a migration could not be applied in the allowed attempts. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/** Returns the `NNNN_name.sql` files of a folder in the order of their names. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Returns the migrations that are not applied yet.
 * @param applied the checksums of the applied ones by their names
 * @throws MigrationError if an applied file was edited or is missing, or if a new one sorts before an applied one
 */
export function pendingMigrations(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const latest = migrations.at(-1)?.name ?? '';
  const missing = [...applied.keys()].filter((name) => name < latest && !known.has(name));
  if (missing.length > 0)
    throw new MigrationError(`The database has migrations without a file: ${missing.join(', ')}.`);
  const edited = migrations.filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (edited.length > 0)
    throw new MigrationError(
      `Edited after they were applied: ${edited.map(({ name }) => name).join(', ')}. Add new migrations instead.`,
    );
  const fresh = migrations.filter(({ name }) => !applied.has(name));
  const newest = [...applied.keys()].sort().at(-1) ?? '';
  const late = fresh.filter(({ name }) => name < newest);
  if (late.length > 0)
    throw new MigrationError(
      `${late.map(({ name }) => name).join(', ')} sorts before ${newest}, which is already applied.`,
    );
  return fresh;
}
