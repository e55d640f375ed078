import { hash } from 'node:crypto';
import { type Connection, type PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { z } from 'zod';
import type { CursorValue, SortedPage } from './list-order.js';

/** A list as a client requests it. */
export interface SortedList<Sort extends string, Row> {
  /** The orders of the list. The first is the usual one. An order by id alone has no value. */
  orders: Readonly<Record<Sort, { value?: CursorValue<Row> }>>;
  sort: Sort;
  /** The validated filter. */
  filter: object;
}

/** @throws BAD_USER_INPUT for an invalid size, and for a cursor of another list, order or filter */
export function parseSortedPage<Sort extends string, Row>(
  args: PageArgs,
  list: SortedList<Sort, Row>,
): SortedPage<Sort> {
  const [name, { value }] = [nameOf(list), list.orders[list.sort]];
  const key = [...(value ? [value.shape] : []), z.uuid()];
  const { after, before, ...page } = parsePage<readonly string[]>(
    args,
    z.tuple([...key, ...(name === '' ? [] : [z.literal(name)])] as [z.ZodType<string>]),
  );
  return {
    ...page,
    sort: list.sort,
    after: after && after.slice(0, key.length),
    before: before && before.slice(0, key.length),
  };
}

export function toSortedConnection<Sort extends string, Row extends { id: string }>(
  rows: readonly Row[],
  page: SortedPage<Sort>,
  list: SortedList<Sort, Row>,
): Connection<Row> {
  const [{ value }, name] = [list.orders[page.sort], nameOf(list)];
  return toConnection(rows, page, (row) => [
    ...(value ? [value.inCursor(row)] : []),
    row.id,
    ...(name === '' ? [] : [name]),
  ]);
}

/** Identifies a list in its cursors: empty in the usual order without a filter. */
function nameOf<Sort extends string, Row>({ orders, sort, filter }: SortedList<Sort, Row>): string {
  const order = sort === Object.keys(orders)[0] ? '' : sort;
  return `${order} ${filterDigest(filter)}`.trim();
}

/** Identifies a filter: empty if it does not restrict. The order of the values in a list does not matter. */
export function filterDigest(filter: object): string {
  const given = Object.entries(filter as Record<string, unknown>).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  if (given.length === 0) return '';
  const sorted = given.map(([name, value]) => JSON.stringify([name, Array.isArray(value) ? value.toSorted() : value]));
  return hash('sha256', sorted.toSorted().join(), 'base64url').slice(0, 10);
}
