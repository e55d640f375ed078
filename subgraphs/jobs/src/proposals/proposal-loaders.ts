import type { Caller } from '@marquee/chassis/identity/caller';
import { childrenLoader, rowLoader } from '@marquee/chassis/loaders/loaders';
import type { ReceivedPage } from './proposal-store.js';
import type { Store } from '../store.js';

/** What belongs to proposals. */
export function proposalLoaders({ proposals }: Store, caller: Caller) {
  const userId = caller.kind === 'user' ? caller.id : null;
  return {
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
