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
  return async (values) => (await readRows(source, statement, values)).map(toEntity);
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

/** A statement, and the name under which it is prepared from now on. */
type PreparedStatement = Required<Pick<StatementQuery, 'name' | 'text'>>;

async function readRows(source: DataSource, statement: PreparedStatement, values: unknown[]): Promise<unknown[][]> {
  const names = naming(source);
  const { name, text } = statement;
  if (!names.isPossible) return readOnce(source, { text, values });
  try {
    return await readOnce(source, { name, text, values });
  } catch (failure) {
    const { code } = failure as { code?: string };
    if (code === changedColumns) renameAfter(statement, name);
    else if (namingErrors.has(code)) names.isPossible = false;
    else throw failure;
    return readOnce(source, { text, values });
  }
}

/** SQLSTATE: a migration has changed the columns of the statement since a connection prepared it. */
const changedColumns = '0A000';

/** SQLSTATEs: the name is unknown, or taken. */
const namingErrors: ReadonlySet<string | undefined> = new Set(['26000', '42P05']);

/** The next read prepares the statement again. Of several that failed with the same name, the first renames it. */
function renameAfter(statement: PreparedStatement, failed: string): void {
  if (statement.name !== failed) return;
  const [base, times = '0'] = failed.split('/');
  statement.name = `${base}/${Number(times) + 1}`;
}

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
