import { hash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { DataSource, EntityTarget } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { memoizeWeak } from '../caching/memoize.js';
import { recordStoreRequest } from '../telemetry/store-requests.js';
import type { StatementQuery } from './run-statement.js';

/** Reads entities. The values are those of the parameters `$1`, `$2`, … @throws StoreError, or the error of the server */
export type PreparedRead<Row> = (values: unknown[]) => Promise<Row[]>;

/**
 * Prepares a frequent read past the query builder of typeorm: its text is built once, the server parses it once for each
 * connection (a named statement), and rows are mapped to entities by position. About a fifth of the CPU time.
 *
 * @param textOf returns the select; it receives the selected columns of the entity, which it must select first and only
 */
export function prepareRead<Row extends object>(
  source: DataSource,
  entity: EntityTarget<Row>,
  textOf: (columns: string) => string,
): PreparedRead<Row> {
  const { columns, target } = source.getMetadata(entity);
  const selected = columns.filter(({ isSelect }) => isSelect);
  const text = textOf(selected.map(({ databaseName }) => `"${databaseName}"`).join(', '));
  const statement = { text, name: `read_${hash('sha256', text).slice(0, 16)}` };
  const properties = selected.map(({ propertyName }) => propertyName);
  const toEntity = entityMapper<Row>(target as new () => Row, properties);
  return async (values) => (await readRows(source, { ...statement, values })).map(toEntity);
}

function entityMapper<Row extends object>(entity: new () => Row, properties: readonly string[]) {
  return (row: readonly unknown[]): Row => {
    const mapped = new entity() as Record<string, unknown>;
    for (let at = 0; at < properties.length; at += 1) mapped[properties[at] as string] = row[at];
    return mapped as Row;
  };
}

/** Whether named statements work. They do not behind a pooler that runs each statement on another connection. */
const naming = memoizeWeak((_: DataSource) => ({ isPossible: true }));

async function readRows(source: DataSource, { name, ...query }: StatementQuery): Promise<unknown[][]> {
  const names = naming(source);
  if (!names.isPossible) return readOnce(source, query);
  try {
    return await readOnce(source, { name, ...query });
  } catch (failure) {
    if (!namingErrors.has((failure as { code?: string }).code)) throw failure;
    names.isPossible = false;
    return readOnce(source, query);
  }
}

/** SQLSTATEs: the name is unknown, or taken; the columns of the statement have changed since it was prepared. */
const namingErrors: ReadonlySet<string | undefined> = new Set(['26000', '42P05', '0A000']);

async function readOnce({ driver, logger }: DataSource, query: StatementQuery): Promise<unknown[][]> {
  const [connection, release] = (await (driver as PostgresDriver).obtainMasterConnection()) as [ClientBase, () => void];
  logger.logQuery(query.text, query.values);
  const started = performance.now();
  let failed = true;
  try {
    const { rows } = await connection.query({ ...query, rowMode: 'array' });
    failed = false;
    return rows;
  } finally {
    release();
    const milliseconds = performance.now() - started;
    recordStoreRequest({ store: 'postgres', statement: query.text, milliseconds, failed });
  }
}
