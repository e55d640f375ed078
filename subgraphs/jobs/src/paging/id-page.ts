import { type KeysetPage, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import { NIL } from 'uuid';

/** One page of a list that is sorted by id in descending order. */
export type IdPage = KeysetPage<string>;

/** Greater than every UUIDv7: the start of a descending list. */
export const maxUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The range of a page: its rows have `id < after` and `id > before`. */
export function idRange({ after, before }: Pick<IdPage, 'after' | 'before'>): { after: string; before: string } {
  return { after: after ?? maxUuid, before: before ?? NIL };
}

/** The direction in which a page is read. */
export function idOrder(page: IdPage): Order {
  return readingOrder('DESC', page);
}
