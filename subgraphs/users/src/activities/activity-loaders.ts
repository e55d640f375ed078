import type { Caller } from '@marquee/chassis/identity/caller';
import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { IdPage } from '../paging/id-page.js';
import type { Store } from '../store.js';

export function activityLoaders(store: Store, caller: Caller) {
  const callerId = caller.kind === 'user' ? caller.id : null;
  return {
    activity: createRowLoader(store.activities.byIds, (activity) => activity.id),
    activitiesOf: createChildrenLoader(
      (authorIds, page: IdPage) => store.activities.byAuthors(authorIds, page),
      (activity) => activity.authorId,
    ),
    repliesTo: createChildrenLoader(
      (parentIds, page: IdPage) => store.activities.repliesTo(parentIds, page),
      (reply) => reply.replyToId ?? '',
    ),
    /** The id of the activity if the caller likes it. */
    likedByMe: createRowLoader(
      async (activityIds) => (callerId === null ? [] : store.likes.likedBy(callerId, activityIds)),
      (activityId) => activityId,
    ),
  };
}
