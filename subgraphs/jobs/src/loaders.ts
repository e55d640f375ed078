import type { Caller } from '@marquee/chassis/identity/caller';
import { coverLoaders } from './covers/cover-loaders.js';
import { folderLoaders } from './folders/folder-loaders.js';
import { jobLoaders } from './jobs/job-loaders.js';
import { noteLoaders } from './notes/note-loaders.js';
import { portfolioLoaders } from './portfolio/portfolio-loaders.js';
import { profileLoaders } from './profiles/profile-loaders.js';
import { proposalLoaders } from './proposals/proposal-loaders.js';
import type { Store } from './store.js';
import { taxonomyLoaders } from './taxonomy/taxonomy-loaders.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** Creates the DataLoaders of one request: each relation costs one statement, independent of the number of parents. */
export function createLoaders(store: Store, caller: Caller) {
  return {
    ...taxonomyLoaders(store),
    ...profileLoaders(store, caller),
    ...portfolioLoaders(store),
    ...noteLoaders(store),
    ...folderLoaders(store),
    ...coverLoaders(store),
    ...jobLoaders(store, caller),
    ...proposalLoaders(store, caller),
  };
}
