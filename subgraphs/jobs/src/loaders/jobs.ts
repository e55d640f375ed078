import type { Caller } from '@marquee/chassis/identity/caller';
import { childrenLoader, rowLoader } from '@marquee/chassis/loaders/loaders';
import type { PublishedPage } from '../store/jobs.js';
import type { ReceivedPage } from '../store/proposals.js';
import type { Store } from '../store/store.js';

/** What belongs to jobs and proposals. */
export function jobLoaders({ jobs, proposals }: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
    job: rowLoader(jobs.byIds, ({ id }) => id),
    publishedByPoster: childrenLoader(
      (posters, page: PublishedPage) => jobs.publishedByPosters(posters, page),
      ({ posterId }) => posterId,
    ),
    publishedForShow: childrenLoader(
      (slugs, page: PublishedPage) => jobs.publishedForShows(slugs, page),
      ({ showSlug }) => showSlug ?? '',
    ),
    /** What the caller has to do with a job. */
    tie: rowLoader(
      async (ids) => (userId === null ? [] : jobs.tiesOf(userId, ids)),
      ({ jobId }) => jobId,
    ),
    invitationsTo: childrenLoader(
      (ids, _: null) => proposals.invitationsOf(ids),
      ({ jobId }) => jobId,
    ),
    proposal: rowLoader(proposals.byIds, ({ id }) => id),
    receivedProposals: childrenLoader(
      (ids, page: ReceivedPage) => proposals.receivedByJobs(ids, page),
      ({ jobId }) => jobId,
    ),
    proposalCount: rowLoader(proposals.countsOfJobs, ({ jobId }) => jobId),
    /** The caller's own proposal, by job. */
    ownProposal: rowLoader(
      async (ids) => (userId === null ? [] : proposals.madeFor(userId, ids)),
      ({ jobId }) => jobId,
    ),
  };
}
