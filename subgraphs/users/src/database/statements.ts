import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';

/** Runs statements: the connection pool, or the single connection of a transaction. */
export type Executor = DataSource | EntityManager;

/**
 * Runs one statement and returns its rows. The statement must be a `select` or an `insert … returning`: for others
 * typeorm returns the rows together with a count.
 */
export async function queryRows<Row>(
  executor: Executor,
  statement: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  return executor.query<Row[]>(statement, parameters);
}

/** Whether a statement failed because it violates this unique constraint (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause = error.driverError as { code?: string; constraint?: string };
  return cause.code === '23505' && cause.constraint === constraint;
}
