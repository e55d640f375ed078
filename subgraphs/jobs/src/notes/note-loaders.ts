import { createChildrenLoader } from '@marquee/chassis/loaders/loaders';
import type { IdPage } from '../paging/id-page.js';
import type { Store } from '../store.js';

/** Loaders of the notes and feedback on profiles. */
export function noteLoaders({ notes, feedback }: Store) {
  return {
    notesOf: createChildrenLoader(
      (profileIds, page: IdPage) => notes.ofProfiles(profileIds, page),
      ({ profileId }) => profileId,
    ),
    feedbackOf: createChildrenLoader(
      (profileIds, page: IdPage) => feedback.ofProfiles(profileIds, page),
      ({ profileId }) => profileId,
    ),
  };
}
