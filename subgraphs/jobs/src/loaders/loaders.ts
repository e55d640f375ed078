import type { Caller } from '@marquee/chassis/identity/caller';
import type { Store } from '../store/store.js';
import { coverLoaders } from './covers.js';
import { jobLoaders } from './jobs.js';
import { folderLoaders } from './folders.js';
import { profileLoaders } from './profiles.js';
import { proposalLoaders } from './proposals.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** The relations of one request: each costs one statement, however many parents ask. */
export function createLoaders(store: Store, caller: Caller) {
  return {
    ...coverLoaders(store),
    ...jobLoaders(store, caller),
    ...proposalLoaders(store, caller),
    ...profileLoaders(store, caller),
    ...folderLoaders(store),
  };
}
