import type { Caller } from '@marquee/chassis/identity/caller';
import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

/** Loaders of profiles. Rows are complete and unfiltered: the visibility rules decide which of them a caller sees. */
export function profileLoaders({ profiles, favorites }: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
    profile: createRowLoader(profiles.byIds, ({ id }) => id),
    profileBySlug: createRowLoader(profiles.bySlugs, ({ slug }) => slug),
    profileByOwner: createRowLoader(profiles.byOwners, ({ ownerId }) => ownerId),
    /** The ids of those profiles that are favourites of the caller. */
    favorite: createRowLoader(
      async (profileIds) => (userId === null ? [] : favorites.among(userId, profileIds)),
      (profileId) => profileId,
    ),
  };
}
