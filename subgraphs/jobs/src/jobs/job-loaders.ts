import type { Caller } from '@marquee/chassis/identity/caller';
import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { PublishedPage } from './public-job-store.js';
import type { Store } from '../store.js';

/** What belongs to jobs. */
export function jobLoaders({ jobs, publicJobs, invitations }: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
    job: createRowLoader(jobs.byIds, ({ id }) => id),
    publishedByPoster: createChildrenLoader(
      (posters, page: PublishedPage) => publicJobs.byPosters(posters, page),
      ({ posterId }) => posterId,
    ),
    publishedForShow: createChildrenLoader(
      (slugs, page: PublishedPage) => publicJobs.forShows(slugs, page),
      ({ showSlug }) => showSlug ?? '',
    ),
    /** What the caller has to do with a job. */
    tie: createRowLoader(
      async (ids) => (userId === null ? [] : jobs.tiesOf(userId, ids)),
      ({ jobId }) => jobId,
    ),
    invitationsTo: createChildrenLoader(
      (ids, _: null) => invitations.ofJobs(ids),
      ({ jobId }) => jobId,
    ),
  };
}
