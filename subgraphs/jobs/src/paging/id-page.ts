/** One page of a list that is sorted by id, the newest first. */
export interface IdPage {
  /** One row more than the page shows tells whether there is another. */
  limit: number;
  /** The id that the page before ended with. */
  after: string | null;
}

/** Sorts behind every UUIDv7. */
export const newest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
