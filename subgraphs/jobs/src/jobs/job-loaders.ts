import type { Caller } from '@marquee/chassis/identity/caller';
import { childrenLoader, rowLoader } from '@marquee/chassis/loaders/loaders';
import type { PublishedPage } from './public-job-store.js';
import type { Store } from '../store.js';

/** What belongs to jobs. */
export function jobLoaders({ jobs, publicJobs, invitations }: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
    job: rowLoader(jobs.byIds, ({ id }) => id),
    publishedByPoster: childrenLoader(
      (posters, page: PublishedPage) => publicJobs.byPosters(posters, page),
      ({ posterId }) => posterId,
    ),
    publishedForShow: childrenLoader(
      (slugs, page: PublishedPage) => publicJobs.forShows(slugs, page),
      ({ showSlug }) => showSlug ?? '',
    ),
    /** What the caller has to do with a job. */
    tie: rowLoader(
      async (ids) => (userId === null ? [] : jobs.tiesOf(userId, ids)),
      ({ jobId }) => jobId,
    ),
    invitationsTo: childrenLoader(
      (ids, _: null) => invitations.ofJobs(ids),
      ({ jobId }) => jobId,
    ),
  };
}
