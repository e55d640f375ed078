import { type KeysetPage, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import { NIL, v7 } from 'uuid';

/** One page of a list that is sorted by id in descending order. */
export type IdPage = KeysetPage<string>;

/** One page of a list of matches, the best first. */
export type MatchPage = KeysetPage<readonly [score: number, id: string]>;

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

/** The smallest UUIDv7 of a time: such an id begins with the milliseconds of its creation (RFC 9562, section 5.7). */
export function minUuidAt(milliseconds: number): string {
  return v7({ msecs: milliseconds, seq: 0, random: new Uint8Array(16) });
}
