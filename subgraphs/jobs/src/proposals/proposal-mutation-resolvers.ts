import { notFound } from '@marquee/chassis/errors/errors';
import { For } from '@marquee/chassis/graphql/rights';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import { type Proposal } from './proposal-model.js';
import { mustBePosting } from '../jobs/job-visibility-rules.js';
import type { ProposalAction } from './proposal-machine.js';
import {
  mustBeApproved,
  mustBeInvolved,
  mustNotBePoster,
  nextStatus,
  proposalValues,
  savedStatus,
} from './proposal-rules.js';
import { ForHouse } from '../access.js';
import { topics } from '../topics.js';
import { foundJob } from '../jobs/job-access.js';
import { foundProposal } from './proposal-access.js';
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
export class ProposalWritingResolver {
  @For('user')
  @Mutation(() => SaveProposalPayload, { description: 'For freelancers with an approved profile; one for each job.' })
  async saveProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveProposalInput) { jobId, ...input }: SaveProposalInput,
  ): Promise<SaveProposalPayload> {
    const user = requireUser(context.caller);
    mustNotBePoster(await foundJob(context, jobId), user);
    const profile = await approvedProfile(context, user);
    const values = proposalValues(input);
    const id = await context.store.proposalWriting.save({ jobId, profileId: profile.id }, values, savedStatus);
    if (id === null) throw notFound('job', jobId);
    return { proposal: await afterwards(context, id) };
  }

  @For('user')
  @Mutation(() => SubmitProposalPayload, { description: 'For its freelancer, while the job takes proposals.' })
  async submitProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => SubmitProposalInput) { proposalId }: SubmitProposalInput,
  ): Promise<SubmitProposalPayload> {
    const user = requireUser(context.caller);
    const { actors } = await foundProposal(context, proposalId);
    if (actors.includes('freelancer')) await approvedProfile(context, user);
    return { proposal: await led(context, proposalId, 'SUBMIT') };
  }

  @For('user')
  @Mutation(() => WithdrawProposalPayload, { description: 'For its freelancer.' })
  async withdrawProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => WithdrawProposalInput) { proposalId }: WithdrawProposalInput,
  ): Promise<WithdrawProposalPayload> {
    requireUser(context.caller);
    return { proposal: await led(context, proposalId, 'WITHDRAW') };
  }

  @ForHouse
  @Mutation(() => ShortlistProposalPayload, { description: "For the job's poster." })
  async shortlistProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => ShortlistProposalInput) { proposalId }: ShortlistProposalInput,
  ): Promise<ShortlistProposalPayload> {
    mustBePosting(context.caller);
    return { proposal: await led(context, proposalId, 'SHORTLIST') };
  }

  @ForHouse
  @Mutation(() => DeclineProposalPayload, { description: "For the job's poster." })
  async declineProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeclineProposalInput) { proposalId }: DeclineProposalInput,
  ): Promise<DeclineProposalPayload> {
    mustBePosting(context.caller);
    return { proposal: await led(context, proposalId, 'DECLINE') };
  }

  @ForHouse
  @Mutation(() => AcceptProposalPayload, {
    description: "For the job's poster: accepts one, declines all others that are open and closes the job, at once.",
  })
  async acceptProposal(
    @Ctx() context: JobsContext,
    @Arg('input', () => AcceptProposalInput) { proposalId }: AcceptProposalInput,
  ): Promise<AcceptProposalPayload> {
    mustBePosting(context.caller);
    return { proposal: await led(context, proposalId, 'ACCEPT') };
  }
}

/** @throws FORBIDDEN unless the caller's profile was approved */
async function approvedProfile({ loaders }: JobsContext, user: UserCaller): Promise<{ id: string }> {
  return mustBeApproved(await loaders.profileByOwner.load(user.id));
}

/** Leads a proposal to another state, as far as the caller can. */
async function led(context: JobsContext, proposalId: string, action: ProposalAction): Promise<Proposal> {
  const { proposal, actors } = await foundProposal(context, proposalId);
  mustBeInvolved(actors, proposal);
  const declined = await context.store.proposalWriting.act(proposal, (job, current) =>
    nextStatus(job, current, action, actors),
  );
  const { jobId } = proposal;
  for (const other of declined) context.bus.publish(topics.proposalChanged, { jobId, proposalId: other });
  if (action === 'ACCEPT') context.bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id: jobId });
  return afterwards(context, proposalId);
}

async function afterwards(context: JobsContext, proposalId: string): Promise<Proposal> {
  forgetLoaded(context);
  const { proposal } = await foundProposal(context, proposalId);
  context.bus.publish(topics.proposalChanged, { jobId: proposal.jobId, proposalId });
  return proposal;
}
