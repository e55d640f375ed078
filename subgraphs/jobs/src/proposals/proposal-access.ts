import { notFound } from '@marquee/chassis/errors/errors';
import type { JobsContext } from '../context.js';
import type { Job } from '../jobs/job-model.js';
import type { Proposal } from './proposal-model.js';
import type { ProposalActor } from './proposal-machine.js';
import { proposalActors, canSeeProposal } from './proposal-rules.js';

/** A proposal with its job, and what the caller is to it. */
export interface ProposalView {
  proposal: Proposal;
  job: Job;
  actors: ProposalActor[];
}

/** The proposal, if the caller may see it. */
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

/** @throws NOT_FOUND for a proposal that the caller may not know of, as for none */
export async function requireVisibleProposal(context: JobsContext, id: string): Promise<ProposalView> {
  const view = await findVisibleProposal(context, id);
  if (view === null) throw notFound('proposal', id);
  return view;
}
