import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';

/** Whatever statements run on: the pool, or the one connection of a transaction. */
export type Executor = DataSource | EntityManager;

/** Runs one statement that ends with `select` or is an `insert … returning`: what typeorm answers with rows. */
export async function rows<Row>(executor: Executor, statement: string, parameters: unknown[] = []): Promise<Row[]> {
  return executor.query<Row[]>(statement, parameters);
}

/** Whether a statement failed because a value has to be unique and is not (SQLSTATE 23505). */
export function breaksUnique(failure: unknown, constraint: string): boolean {
  if (!(failure instanceof QueryFailedError)) return false;
  const cause = failure.driverError as { code?: string; constraint?: string };
  return cause.code === '23505' && cause.constraint === constraint;
}
