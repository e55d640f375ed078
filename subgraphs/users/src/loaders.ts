import type { Caller } from '@marquee/chassis/identity/caller';
import { principalLoaders } from './accounts/principal-loaders.js';
import { activityLoaders } from './activities/activity-loaders.js';
import { mediaLoaders } from './media/media-loaders.js';
import { userLoaders } from './people/user-loaders.js';
import type { Store } from './store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** The relations of one request: each costs one statement, for any number of parents. */
export function createLoaders(store: Store, caller: Caller) {
  return {
    ...userLoaders(store),
    ...principalLoaders(store),
    ...mediaLoaders(store),
    ...activityLoaders(store, caller),
  };
}
