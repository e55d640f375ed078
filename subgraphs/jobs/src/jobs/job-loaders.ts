import type { Caller } from '@marquee/chassis/identity/caller';
import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { PublishedPage } from './public-job-store.js';
import type { Store } from '../store.js';

/** Loaders of jobs. Rows are unfiltered: the visibility rules decide which of them a caller sees. */
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
    /** How the caller is related to a job. */
    jobRelation: createRowLoader(
      async (ids) => (userId === null ? [] : jobs.relationsOf(userId, ids)),
      ({ jobId }) => jobId,
    ),
    invitationsTo: createChildrenLoader(
      (ids, _: null) => invitations.ofJobs(ids),
      ({ jobId }) => jobId,
    ),
  };
}
