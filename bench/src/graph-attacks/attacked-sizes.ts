import type { StoreSizes } from '../amplification/store-sizes.js';

/** Stores with a large number of posts, which load in seconds. */
export const attackedSizes: StoreSizes = {
  people: 2_000,
  posts: 50_000,
  covers: 500,
  shows: 300,
  messages: 300,
  owned: 50,
};
