import type { Caller } from '@marquee/chassis/identity/caller';
import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { ReceivedPage } from './proposal-store.js';
import type { Store } from '../store.js';

/** Loaders of proposals. Rows are unfiltered: `canSeeProposal` decides which of them a caller sees. */
export function proposalLoaders({ proposals }: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
    proposal: createRowLoader(proposals.byIds, ({ id }) => id),
    receivedProposals: createChildrenLoader(
      (ids, page: ReceivedPage) => proposals.receivedByJobs(ids, page),
      ({ jobId }) => jobId,
    ),
    proposalCount: createRowLoader(proposals.countsOfJobs, ({ jobId }) => jobId),
    /** The proposal of the caller, by job. */
    ownProposal: createRowLoader(
      async (ids) => (userId === null ? [] : proposals.madeFor(userId, ids)),
      ({ jobId }) => jobId,
    ),
  };
}
