/** The number of rows of each kind that the stores contain during the search. */
export interface StoreSizes {
  /** Users, profiles and jobs, each. */
  people: number;
  posts: number;
  covers: number;
  shows: number;
  /** Messages in the longest conversation. */
  messages: number;
  /** Conversations, favourites, proposals and other rows that belong to one caller. */
  owned: number;
}

export const realisticSizes: StoreSizes = {
  people: 50_000,
  posts: 200_000,
  covers: 20_000,
  shows: 50_000,
  messages: 10_000,
  owned: 1_000,
};

/** Large enough that a missing index or an unbounded aggregate shows, small enough to load in seconds. */
export const smallSizes: StoreSizes = {
  people: 5_000,
  posts: 20_000,
  covers: 2_000,
  shows: 2_000,
  messages: 1_000,
  owned: 200,
};
