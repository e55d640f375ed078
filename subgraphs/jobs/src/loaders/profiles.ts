import type { Caller } from '@marquee/chassis/identity/caller';
import { childrenLoader, rowLoader } from '@marquee/chassis/loaders/loaders';
import type { IdPage } from '../store/page.js';
import type { Store } from '../store/store.js';

/** What belongs to profiles. The rows are whole: who may see what of them is for the rules to say. */
export function profileLoaders(store: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
    term: rowLoader(store.terms.byIds, ({ id }) => id),
    profile: rowLoader(store.profiles.byIds, ({ id }) => id),
    profileBySlug: rowLoader(store.profiles.bySlugs, ({ slug }) => slug),
    profileByOwner: rowLoader(store.profiles.byOwners, ({ ownerId }) => ownerId),
    asset: rowLoader(store.assets.byIds, ({ id }) => id),
    portfolioOf: childrenLoader(
      (profiles, _: null) => store.assets.ofProfiles(profiles),
      ({ profileId }) => profileId,
    ),
    favorite: rowLoader(
      async (profiles) => (userId === null ? [] : store.favorites.among(userId, profiles)),
      (profileId) => profileId,
    ),
    notesOf: childrenLoader(
      (profiles, page: IdPage) => store.notes.ofProfiles(profiles, page),
      ({ profileId }) => profileId,
    ),
    feedbackOf: childrenLoader(
      (profiles, page: IdPage) => store.feedback.ofProfiles(profiles, page),
      ({ profileId }) => profileId,
    ),
  };
}
