import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type JobsContext } from '../context.js';
import { type Proposal } from './proposal-model.js';
import { requireJobPosterRole } from '../jobs/job-visibility-rules.js';
import type { ProposalAction } from './proposal-machine.js';
import {
  requireApprovedProfile,
  assertInvolved,
  assertNotPoster,
  decideNextStatus,
  parseProposalInput,
  decideSavedStatus,
} from './proposal-rules.js';
import { ForStaff } from '../access.js';
import { topics } from '../topics.js';
import { requireVisibleJob } from '../jobs/job-access.js';
import { requireVisibleProposal } from './proposal-access.js';
import {
  AcceptProposalInput,
  AcceptProposalPayload,
  DeclineProposalInput,
  DeclineProposalPayload,
  SaveProposalInput,
  SaveProposalPayload,
  ShortlistProposalInput,
  ShortlistProposalPayload,
  SubmitProposalInput,
  SubmitProposalPayload,
  WithdrawProposalInput,
  WithdrawProposalPayload,
} from './proposal-inputs.js';

@Resolver()
export class ProposalMutationResolver {
  @Authorize('user')
  @Mutation(() => SaveProposalPayload, { description: 'For freelancers with an approved profile; one for each job.' })
  async saveProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveProposalInput) { jobId, ...input }: SaveProposalInput,
  ): Promise<SaveProposalPayload> {
    const user = requireUser(context.caller);
    assertNotPoster(await requireVisibleJob(context, jobId), user);
    const profile = await loadApprovedProfile(context, user);
    const values = parseProposalInput(input);
    const id = await context.store.proposalWriting.save({ jobId, profileId: profile.id }, values, decideSavedStatus);
    if (id === null) throw notFound('job', jobId);
    return { proposal: await publishAndReload(context, id) };
  }

  @Authorize('user')
  @Mutation(() => SubmitProposalPayload, { description: 'For its freelancer, while the job takes proposals.' })
  async submitProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => SubmitProposalInput) { proposalId }: SubmitProposalInput,
  ): Promise<SubmitProposalPayload> {
    const user = requireUser(context.caller);
    const { actors } = await requireVisibleProposal(context, proposalId);
    if (actors.includes('freelancer')) await loadApprovedProfile(context, user);
    return { proposal: await transitionProposal(context, proposalId, 'SUBMIT') };
  }

  @Authorize('user')
  @Mutation(() => WithdrawProposalPayload, { description: 'For its freelancer.' })
  async withdrawProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => WithdrawProposalInput) { proposalId }: WithdrawProposalInput,
  ): Promise<WithdrawProposalPayload> {
    requireUser(context.caller);
    return { proposal: await transitionProposal(context, proposalId, 'WITHDRAW') };
  }

  @ForStaff
  @Mutation(() => ShortlistProposalPayload, { description: "For the job's poster." })
  async shortlistProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => ShortlistProposalInput) { proposalId }: ShortlistProposalInput,
  ): Promise<ShortlistProposalPayload> {
    requireJobPosterRole(context.caller);
    return { proposal: await transitionProposal(context, proposalId, 'SHORTLIST') };
  }

  @ForStaff
  @Mutation(() => DeclineProposalPayload, { description: "For the job's poster." })
  async declineProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeclineProposalInput) { proposalId }: DeclineProposalInput,
  ): Promise<DeclineProposalPayload> {
    requireJobPosterRole(context.caller);
    return { proposal: await transitionProposal(context, proposalId, 'DECLINE') };
  }

  @ForStaff
  @Mutation(() => AcceptProposalPayload, {
    description: "For the job's poster: accepts one, declines all others that are open and closes the job, at once.",
  })
  async acceptProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => AcceptProposalInput) { proposalId }: AcceptProposalInput,
  ): Promise<AcceptProposalPayload> {
    requireJobPosterRole(context.caller);
    return { proposal: await transitionProposal(context, proposalId, 'ACCEPT') };
  }
}

/** @throws FORBIDDEN unless the caller's profile was approved */
async function loadApprovedProfile({ loaders }: JobsContext, user: UserCaller): Promise<{ id: string }> {
  return requireApprovedProfile(await loaders.profileByOwner.load(user.id));
}

/** Leads a proposal to another state, as far as the caller can. */
async function transitionProposal(context: JobsContext, proposalId: string, action: ProposalAction): Promise<Proposal> {
  const { proposal, actors } = await requireVisibleProposal(context, proposalId);
  assertInvolved(actors, proposal);
  const declined = await context.store.proposalWriting.act(proposal, (job, current) =>
    decideNextStatus(job, current, action, actors),
  );
  const { jobId } = proposal;
  for (const other of declined) context.bus.publish(topics.proposalChanged, { jobId, proposalId: other });
  if (action === 'ACCEPT') context.bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id: jobId });
  return publishAndReload(context, proposalId);
}

async function publishAndReload(context: JobsContext, proposalId: string): Promise<Proposal> {
  resetLoaders(context);
  const { proposal } = await requireVisibleProposal(context, proposalId);
  context.bus.publish(topics.proposalChanged, { jobId: proposal.jobId, proposalId });
  return proposal;
}
