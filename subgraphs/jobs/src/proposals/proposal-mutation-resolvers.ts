import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ForStaff, requireStaff } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { requireVisibleJob } from '../jobs/job-access.js';
import { publishProposals, topics } from '../topics.js';
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
import { type Proposal, ProposalAction } from './proposal-model.js';
import {
  assertInvolved,
  assertNotPoster,
  decideNextStatus,
  decideSavedStatus,
  parseProposalInput,
  requireApprovedProfile,
} from './proposal-rules.js';

const posterErrors =
  'Errors: UNAUTHENTICATED for a guest; FORBIDDEN for callers other than the poster of the job; NOT_FOUND if the proposal ' +
  'does not exist or the caller may not see it; INVALID_TRANSITION unless the proposal is';

@Resolver()
export class ProposalMutationResolver {
  @Authorize('user')
  @Mutation(() => SaveProposalPayload, {
    description:
      'Creates the proposal of the caller for a job as a DRAFT, or changes it while it is DRAFT or WITHDRAWN, after which ' +
      'it is a DRAFT. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a machine client, for a caller without an ' +
      'APPROVED freelancer profile, and for the poster of the job; NOT_FOUND if the job does not exist or the caller may ' +
      'not see it; BAD_USER_INPUT for invalid values; CONFLICT if the job does not accept proposals; INVALID_TRANSITION ' +
      'if the proposal is in any other status; RATE_LIMITED after 100 new proposals in a day.',
  })
  async saveProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveProposalInput, { description: 'The content of the proposal.' })
    { jobId, ...input }: SaveProposalInput,
  ): Promise<SaveProposalPayload> {
    const user = requireUser(context.caller);
    assertNotPoster(await requireVisibleJob(context, jobId), user);
    const profile = await loadApprovedProfile(context, user);
    const values = parseProposalInput(input);
    const key = { jobId, profileId: profile.id, ownerId: user.id };
    const id = await context.store.proposalWriting.save(key, values, decideSavedStatus);
    if (id === null) throw notFound('job', jobId);
    return { proposal: await publishAndReload(context, id) };
  }

  @Authorize('user')
  @Mutation(() => SubmitProposalPayload, {
    description:
      'Submits a DRAFT of the caller to the poster of the job. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a ' +
      'machine client, for a caller without an APPROVED freelancer profile, and for the proposal of another freelancer; ' +
      'NOT_FOUND if the proposal does not exist or the caller may not see it; INVALID_TRANSITION unless the proposal is ' +
      'DRAFT; CONFLICT if the job does not accept proposals.',
  })
  async submitProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => SubmitProposalInput, { description: 'The proposal to submit.' })
    { proposalId }: SubmitProposalInput,
  ): Promise<SubmitProposalPayload> {
    const user = requireUser(context.caller);
    const { actors } = await requireVisibleProposal(context, proposalId);
    if (actors.includes('freelancer')) await loadApprovedProfile(context, user);
    return { proposal: await transitionProposal(context, proposalId, ProposalAction.SUBMIT) };
  }

  @Authorize('user')
  @Mutation(() => WithdrawProposalPayload, {
    description:
      'Withdraws a proposal of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a machine client, and for ' +
      'the proposal of another freelancer; NOT_FOUND if the proposal does not exist or the caller may not see it; ' +
      'INVALID_TRANSITION unless the proposal is SUBMITTED or SHORTLISTED, and for the poster of the job.',
  })
  async withdrawProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => WithdrawProposalInput, { description: 'The proposal to withdraw.' })
    { proposalId }: WithdrawProposalInput,
  ): Promise<WithdrawProposalPayload> {
    requireUser(context.caller);
    return { proposal: await transitionProposal(context, proposalId, ProposalAction.WITHDRAW) };
  }

  @ForStaff
  @Mutation(() => ShortlistProposalPayload, {
    description: `Preselects a proposal for a job of the caller. ${posterErrors} SUBMITTED.`,
  })
  async shortlistProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => ShortlistProposalInput, { description: 'The proposal to shortlist.' })
    { proposalId }: ShortlistProposalInput,
  ): Promise<ShortlistProposalPayload> {
    requireStaff(context.caller);
    return { proposal: await transitionProposal(context, proposalId, ProposalAction.SHORTLIST) };
  }

  @ForStaff
  @Mutation(() => DeclineProposalPayload, {
    description: `Declines a proposal for a job of the caller. ${posterErrors} SUBMITTED or SHORTLISTED.`,
  })
  async declineProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeclineProposalInput, { description: 'The proposal to decline.' })
    { proposalId }: DeclineProposalInput,
  ): Promise<DeclineProposalPayload> {
    requireStaff(context.caller);
    return { proposal: await transitionProposal(context, proposalId, ProposalAction.DECLINE) };
  }

  @ForStaff
  @Mutation(() => AcceptProposalPayload, {
    description:
      'Accepts a proposal for a job of the caller, closes the job and declines all other open proposals, in one ' +
      `transaction. ${posterErrors} SUBMITTED or SHORTLISTED.`,
  })
  async acceptProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => AcceptProposalInput, { description: 'The proposal to accept.' })
    { proposalId }: AcceptProposalInput,
  ): Promise<AcceptProposalPayload> {
    requireStaff(context.caller);
    return { proposal: await transitionProposal(context, proposalId, ProposalAction.ACCEPT) };
  }
}

/** @throws FORBIDDEN unless the user has an APPROVED profile */
async function loadApprovedProfile({ loaders }: JobsContext, user: UserCaller): Promise<{ id: string }> {
  return requireApprovedProfile(await loaders.profileByOwner.load(user.id));
}

/** Performs an action, and publishes every proposal and job that it changed. */
async function transitionProposal(context: JobsContext, proposalId: string, action: ProposalAction): Promise<Proposal> {
  const { proposal, actors } = await requireVisibleProposal(context, proposalId);
  assertInvolved(actors, proposal);
  await context.store.proposalWriting.act(proposal, (job, current) => decideNextStatus(job, current, action, actors));
  if (action === ProposalAction.ACCEPT)
    context.bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id: proposal.jobId });
  return publishAndReload(context, proposalId);
}

async function publishAndReload(context: JobsContext, proposalId: string): Promise<Proposal> {
  resetLoaders(context);
  const { proposal } = await requireVisibleProposal(context, proposalId);
  publishProposals(context.bus, proposal.jobId);
  return proposal;
}
