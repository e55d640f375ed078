import { childrenLoader } from '@marquee/chassis/loaders/loaders';
import type { IdPage } from '../paging/id-page.js';
import type { Store } from '../store.js';

/** Loaders of the notes and feedback on profiles. */
export function noteLoaders({ notes, feedback }: Store) {
  return {
    notesOf: childrenLoader(
      (profileIds, page: IdPage) => notes.ofProfiles(profileIds, page),
      ({ profileId }) => profileId,
    ),
    feedbackOf: childrenLoader(
      (profileIds, page: IdPage) => feedback.ofProfiles(profileIds, page),
      ({ profileId }) => profileId,
    ),
  };
}
