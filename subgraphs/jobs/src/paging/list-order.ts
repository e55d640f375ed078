import { type KeysetPage, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import { z } from 'zod';

/** An order of a list: by a value of its rows, and by id among rows with the same value, in one direction. */
export interface ListOrder<Row> {
  direction: Order;
  /** Absent in an order by id alone. */
  value?: SortValue<Row>;
}

/** The value of a row by which a list is sorted, in its cursors. */
export interface CursorValue<Row> {
  /** The text of the value in the cursor of a row. */
  inCursor(row: Row): string;
  /** The texts that cursors can contain. */
  shape: z.ZodType<string>;
}

/** The value of a row by which the database sorts a list. */
export interface SortValue<Row> extends CursorValue<Row> {
  /** The SQL of the value, as an index contains it. @param alias of the table */
  ofRow(alias: string): string;
  /** The SQL of the value of a cursor. @param parameter that contains the text in the cursor */
  ofCursor(parameter: string): string;
}

/** Postgres has no year 0, which ISO 8601 has. */
export function isAfterYearZero(date: string): boolean {
  return !date.startsWith('0000');
}

/** One page of a list in one of its orders. A sort key is the text of the value, if there is one, and the id. */
export interface SortedPage<Sort extends string> extends KeysetPage<readonly string[]> {
  sort: Sort;
}

/** The SQL of the rows between the cursors of a page. */
export interface PageRange {
  /** The condition of a row, `true` if the page has no cursor. */
  condition: string;
  parameters: Record<string, string>;
}

/** @param alias of the table, which has a column `id` */
export function pageRange<Row>(
  { direction, value }: ListOrder<Row>,
  { after, before }: KeysetPage<readonly string[]>,
  alias: string,
): PageRange {
  const [further, nearer] = direction === 'DESC' ? ['<', '>'] : ['>', '<'];
  const isBeyond = (operator: string, cursor: string) =>
    value
      ? `(${value.ofRow(alias)}, ${alias}.id) ${operator} (${value.ofCursor(`:${cursor}Value`)}, cast(:${cursor}Id as uuid))`
      : `${alias}.id ${operator} cast(:${cursor}Id as uuid)`;
  const conditions = [...(after ? [isBeyond(further, 'after')] : []), ...(before ? [isBeyond(nearer, 'before')] : [])];
  return {
    condition: conditions.length === 0 ? 'true' : conditions.join(' and '),
    parameters: { ...cursorParameters('after', after), ...cursorParameters('before', before) },
  };
}

/** The SQL of the order in which a page is read. */
export function orderSql<Row>(
  { direction, value }: ListOrder<Row>,
  page: Pick<KeysetPage<unknown>, 'isBackward'>,
  alias: string,
): string {
  const order = readingOrder(direction, page);
  return [...(value ? [value.ofRow(alias)] : []), `${alias}.id`].map((column) => `${column} ${order}`).join(', ');
}

/** From A to Z, without regard to case and accents. Rows have a column `title`. */
export const byTitle: ListOrder<{ title: string }> = {
  direction: 'ASC',
  value: {
    ofRow: (alias) => `title_order(${alias}.title)`,
    ofCursor: (parameter) => `title_order(${parameter})`,
    inCursor: ({ title }) => Array.from(title).slice(0, sortedCharacters).join(''),
    shape: z.string().regex(/^[^\0]{0,300}$/u),
  },
};

/** The code points of a title that `title_order` compares. */
const sortedCharacters = 150;

/** @param key the text of the value, if there is one, and the id */
function cursorParameters(cursor: string, key: readonly string[] | null): Record<string, string> {
  if (key === null) return {};
  const [id = '', value = ''] = key.toReversed();
  return { [`${cursor}Id`]: id, [`${cursor}Value`]: value };
}
