/** One page of a list that is sorted by id in descending order. */
export interface IdPage {
  /** One more than the page size: the extra row shows that another page follows. */
  limit: number;
  /** The id of the last row of the previous page. */
  after: string | null;
}

/** Greater than every UUIDv7: the cursor of the first page of a descending list. */
export const maxUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
