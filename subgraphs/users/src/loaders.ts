import type { Caller } from '@marquee/chassis/identity/caller';
import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from './store.js';
import type { IdPage } from './paging/id-page.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** The relations of one request: each costs one statement, however many parents ask. */
export function createLoaders(store: Store, caller: Caller) {
  const likerId = caller.kind === 'user' ? caller.id : null;
  return {
    user: createRowLoader(store.users.byIds, (user) => user.id),
    userByHandle: createRowLoader(store.users.byHandles, (user) => user.handle),
    media: createRowLoader(store.media.byIds, (media) => media.id),
    activity: createRowLoader(store.activities.byIds, (activity) => activity.id),
    activitiesOf: createChildrenLoader(
      (authors, page: IdPage) => store.activities.byAuthors(authors, page),
      (activity) => activity.authorId,
    ),
    repliesTo: createChildrenLoader(
      (parents, page: IdPage) => store.activities.repliesTo(parents, page),
      (reply) => reply.replyToId ?? '',
    ),
    likedByMe: createRowLoader(
      async (activities) => (likerId === null ? [] : store.likes.likedBy(likerId, activities)),
      (activityId) => activityId,
    ),
  };
}
