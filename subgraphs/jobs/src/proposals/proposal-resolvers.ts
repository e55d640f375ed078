import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { Job } from '../jobs/job-model.js';
import { hasFullAccess } from '../jobs/job-visibility-rules.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { profileIfVisible } from '../profiles/profile-visibility-rules.js';
import { findVisibleProposal } from './proposal-access.js';
import { Proposal, ProposalAction, ProposalConnection, ProposalStatus } from './proposal-model.js';
import { validProposalActions } from './proposal-rules.js';

@Resolver(() => Proposal)
export class ProposalResolver {
  @Authorize('user')
  @Query(() => ProposalConnection, {
    description:
      'Proposals of the caller, including drafts, newest first. UNAUTHENTICATED for a guest, FORBIDDEN for a machine ' +
      'client.',
  })
  async myProposals(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<Proposal>> {
    const user = requireUser(caller);
    const page = parseIdPage(args);
    const connection = toIdConnection(await store.proposals.madeBy(user.id, page), page);
    return { ...connection, count: () => store.proposals.countMadeBy(user.id) };
  }

  @Query(() => Proposal, {
    nullable: true,
    description: 'A proposal by id. Null if it does not exist or the caller may not see it.',
  })
  async proposal(
    @Ctx() context: JobsContext,
    @Arg('id', () => ID, { description: 'Id of the proposal.' }) id: string,
  ): Promise<Proposal | null> {
    return (await findVisibleProposal(context, id))?.proposal ?? null;
  }

  @FieldResolver(() => [ProposalAction], {
    description: 'Actions that the caller can perform on the proposal now, each with the mutation of this name.',
  })
  async validActions(@Root() { id, profileId }: Proposal, @Ctx() context: JobsContext): Promise<ProposalAction[]> {
    const view = await findVisibleProposal(context, id);
    if (view === null) return [];
    return validProposalActions(view.job, view.proposal, view.actors, await context.loaders.profile.load(profileId));
  }

  /** Not checked for visibility: every caller who may see a proposal may see its job. */
  @FieldResolver(() => Job, { description: 'Job that the proposal is for.' })
  async job(@Root() { jobId }: Proposal, @Ctx() { loaders }: JobsContext): Promise<Job> {
    const job = await loaders.job.load(jobId);
    if (job === null) throw notFound('job', jobId);
    return job;
  }

  @FieldResolver(() => FreelancerProfile, {
    nullable: true,
    description:
      'Profile of the freelancer who makes the offer. Null if the caller may not see it, for instance while it is ' +
      'SUSPENDED.',
  })
  async freelancer(
    @Root() { profileId }: Proposal,
    @Ctx() { caller, loaders }: JobsContext,
  ): Promise<FreelancerProfile | null> {
    return profileIfVisible(caller, await loaders.profile.load(profileId));
  }
}

/** The fields of a job that concern freelancers. */
@Resolver(() => Job)
export class JobProposalResolver {
  @FieldResolver(() => ProposalConnection, {
    description:
      'Proposals that the job has received, without drafts, newest first. For the poster, reviewers and admins; an empty ' +
      'page for other callers.',
  })
  async proposals(
    @Root() job: Job,
    @Ctx() { caller, loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('status', () => ProposalStatus, {
      nullable: true,
      description: 'Returns only proposals in this status. All statuses if omitted.',
    })
    status?: ProposalStatus | null,
  ): Promise<Connection<Proposal>> {
    const page = { ...parseIdPage(args), status: status ?? null };
    if (!hasFullAccess(job, caller)) return toIdConnection<Proposal>([], page);
    return toIdConnection(await loaders.receivedProposals.load({ parent: job.id, page }), page);
  }

  @FieldResolver(() => Proposal, {
    nullable: true,
    description: 'Proposal of the caller for the job, which may be a draft. Null if the caller has made none.',
  })
  myProposal(@Root() { id }: Job, @Ctx() { loaders }: JobsContext): Promise<Proposal | null> {
    return loaders.ownProposal.load(id);
  }

  @FieldResolver(() => [FreelancerProfile], {
    description:
      'Freelancers whom the poster has invited, in the order of the invitations. Profiles that the caller may not see are ' +
      'omitted. For the poster, reviewers and admins; empty for other callers.',
  })
  async invited(@Root() job: Job, @Ctx() { caller, loaders }: JobsContext): Promise<FreelancerProfile[]> {
    if (!hasFullAccess(job, caller)) return [];
    const invitations = await loaders.invitationsTo.load({ parent: job.id, page: null });
    const profiles = await Promise.all(invitations.map(({ profileId }) => loaders.profile.load(profileId)));
    return profiles.map((profile) => profileIfVisible(caller, profile)).filter((profile) => profile !== null);
  }
}
