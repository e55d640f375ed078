import { v7 } from 'uuid';

/** One page of a list that is sorted by id in descending order. */
export interface IdPage {
  /** One more than the page size: the extra row shows that another page follows. */
  limit: number;
  /** The id of the last row of the previous page. */
  after: string | null;
}

/** One page of a list of matches, the best first. */
export interface MatchPage {
  limit: number;
  after: readonly [score: number, id: string] | null;
}

/** Greater than every UUIDv7: the cursor of the first page of a descending list. */
export const maxUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The smallest UUIDv7 of a time: such an id begins with the milliseconds of its creation (RFC 9562, section 5.7). */
export function minUuidAt(milliseconds: number): string {
  return v7({ msecs: milliseconds, seq: 0, random: new Uint8Array(16) });
}
