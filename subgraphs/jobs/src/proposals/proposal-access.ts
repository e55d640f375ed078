import { notFound } from '@marquee/chassis/errors/errors';
import type { JobsContext } from '../context.js';
import type { Job } from '../jobs/job-model.js';
import type { Proposal } from './proposal-model.js';
import type { ProposalActor } from './proposal-machine.js';
import { proposalActors, canSeeProposal } from './proposal-rules.js';

/** A proposal with its job and the roles of the caller towards it. */
export interface ProposalView {
  proposal: Proposal;
  job: Job;
  actors: ProposalActor[];
}

/** Returns the proposal, or null if it does not exist or the caller may not see it. */
export async function findVisibleProposal({ caller, loaders }: JobsContext, id: string): Promise<ProposalView | null> {
  const proposal = await loaders.proposal.load(id);
  if (proposal === null) return null;
  const [job, profile] = await Promise.all([
    loaders.job.load(proposal.jobId),
    loaders.profile.load(proposal.profileId),
  ]);
  if (job === null || profile === null || !canSeeProposal(job, proposal, profile.ownerId, caller)) return null;
  return { proposal, job, actors: proposalActors(job, profile.ownerId, caller) };
}

/** @throws NOT_FOUND if the proposal does not exist or the caller may not see it */
export async function requireVisibleProposal(context: JobsContext, id: string): Promise<ProposalView> {
  const view = await findVisibleProposal(context, id);
  if (view === null) throw notFound('proposal', id);
  return view;
}
