import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { toConnection, PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { Job } from '../jobs/job-model.js';
import { Proposal, ProposalConnection, ProposalStatus } from './proposal-model.js';
import { hasFullAccess } from '../jobs/job-visibility-rules.js';
import { toIdConnection, parseIdPage } from '../paging/id-connection.js';

@Resolver(() => Proposal)
export class ProposalResolver {
  @Authorize('user')
  @Query(() => ProposalConnection, { description: "The caller's own, drafts too, the newest first." })
  async myProposals(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<Proposal>> {
    const user = requireUser(caller);
    const page = parseIdPage(args);
    return toIdConnection(await store.proposals.madeBy(user.id, page), page);
  }

  /** Whoever sees a proposal sees its job, too. */
  @FieldResolver(() => Job)
  async job(@Root() { jobId }: Proposal, @Ctx() { loaders }: JobsContext): Promise<Job> {
    const job = await loaders.job.load(jobId);
    if (job === null) throw notFound('job', jobId);
    return job;
  }

  @FieldResolver(() => FreelancerProfile)
  async freelancer(@Root() { profileId }: Proposal, @Ctx() { loaders }: JobsContext): Promise<FreelancerProfile> {
    const profile = await loaders.profile.load(profileId);
    if (profile === null) throw notFound('freelancer profile', profileId);
    return profile;
  }
}

/** What a job has to do with freelancers. */
@Resolver(() => Job)
export class JobProposalResolver {
  @FieldResolver(() => ProposalConnection, {
    description: 'What it received, the newest first. For its poster, reviewers and admins; others get an empty page.',
  })
  async proposals(
    @Root() job: Job,
    @Ctx() { caller, loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('status', () => ProposalStatus, { nullable: true }) status?: ProposalStatus | null,
  ): Promise<Connection<Proposal>> {
    const page = { ...parseIdPage(args), status: status ?? null };
    if (!hasFullAccess(job, caller)) return toConnection<Proposal>([], 1, () => []);
    return toIdConnection(await loaders.receivedProposals.load({ parent: job.id, page }), page);
  }

  @FieldResolver(() => Proposal, { nullable: true, description: 'What the caller offers.' })
  myProposal(@Root() { id }: Job, @Ctx() { loaders }: JobsContext): Promise<Proposal | null> {
    return loaders.ownProposal.load(id);
  }

  @FieldResolver(() => [FreelancerProfile], {
    description: 'Whom the poster showed it to. For its poster, reviewers and admins; others get none.',
  })
  async invited(@Root() job: Job, @Ctx() { caller, loaders }: JobsContext): Promise<FreelancerProfile[]> {
    if (!hasFullAccess(job, caller)) return [];
    const invitations = await loaders.invitationsTo.load({ parent: job.id, page: null });
    const profiles = await Promise.all(invitations.map(({ profileId }) => loaders.profile.load(profileId)));
    return profiles.filter((profile) => profile !== null);
  }
}
