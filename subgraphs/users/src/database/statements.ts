import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';

/** Runs one statement that ends with `select` or is an `insert … returning`: what typeorm answers with rows. */
export async function rows<Row>(
  executor: DataSource | EntityManager,
  statement: string,
  parameters: unknown[],
): Promise<Row[]> {
  return executor.query<Row[]>(statement, parameters);
}

/** Whether a statement failed because a value has to be unique and is not (SQLSTATE 23505). */
export function violatesUnique(failure: unknown, constraint: string): boolean {
  if (!(failure instanceof QueryFailedError)) return false;
  const cause = failure.driverError as { code?: string; constraint?: string };
  return cause.code === '23505' && cause.constraint === constraint;
}
