import type { DataSource } from 'typeorm';
import { badInput } from '../errors/errors.js';
import type { ExportedRow, ExportedRows, ExportPage } from '../graphql/exported-record.js';

/** Rows about a person, for the export of their data. */
export interface PersonRows {
  kind: string;
  /** A table with the alias `held`, and tables that it is joined with. The rows are those of `held`. */
  from: string;
  /** The condition that they are about the person `$1`. */
  where: string;
  /** A unique text of each row. Default: its id. */
  key?: string;
  /** Columns that are not about the person: derived ones, and other people. */
  omit?: readonly string[];
}

/**
 * Reads a page of the data that are stored about a person. One statement for each kind on the page.
 * @param sources the kinds, in their order
 * @throws BAD_USER_INPUT if the page starts after a kind that does not exist
 */
export async function readPersonRows(
  source: DataSource,
  sources: readonly PersonRows[],
  userId: string,
  { after, size }: ExportPage,
): Promise<ExportedRows> {
  const start = after === null ? 0 : sources.findIndex(({ kind }) => kind === after[0]);
  if (start < 0) throw badInput({ path: 'after', message: 'is not a cursor of this list' });
  const rows: ExportedRow[] = [];
  // One more row shows that another page follows.
  const limit = size + 1;
  for (const [index, kind] of sources.slice(start).entries()) {
    if (rows.length >= limit) break;
    const afterKey = index === 0 ? (after?.[1] ?? '') : '';
    rows.push(...(await readKind(source, kind, { userId, afterKey, limit: limit - rows.length })));
  }
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { rows: page, next: rows.length > size && last ? [last.kind, last.key] : null };
}

interface KindPage {
  userId: string;
  afterKey: string;
  limit: number;
}

async function readKind(
  source: DataSource,
  { kind, from, where, key = 'held.id::text', omit = [] }: PersonRows,
  { userId, afterKey, limit }: KindPage,
): Promise<ExportedRow[]> {
  const statement = `
    select ${key} as key, to_jsonb(held) - $4::text[] as data from ${from}
    where (${where}) and (${key}) collate "C" > $2 order by (${key}) collate "C" limit $3`;
  const rows = await source.query<{ key: string; data: Record<string, unknown> }[]>(statement, [
    userId,
    afterKey,
    limit,
    omit,
  ]);
  return rows.map((row) => ({ kind, key: row.key, data: withFieldNames(row.data) }));
}

/** The names of columns as those of fields: `created_at` becomes `createdAt`. */
function withFieldNames(columns: Record<string, unknown>): Record<string, unknown> {
  const named = Object.entries(columns).map(([column, value]) => [
    column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(named) as Record<string, unknown>;
}
