import { v7 } from 'uuid';

/** One page of a list that is sorted by id, the newest first. */
export interface IdPage {
  /** One row more than the page shows tells whether there is another. */
  limit: number;
  /** The id that the page before ended with. */
  after: string | null;
}

/** One page of a list of matches, the best first. */
export interface MatchPage {
  limit: number;
  after: readonly [score: number, id: string] | null;
}

/** Sorts behind every UUIDv7. */
export const maxId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The least id that can have been made at a time (RFC 9562: a UUIDv7 begins with its milliseconds). */
export function minIdAt(milliseconds: number): string {
  return v7({ msecs: milliseconds, seq: 0, random: new Uint8Array(16) });
}
