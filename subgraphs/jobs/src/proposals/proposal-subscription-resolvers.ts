import { cancellable } from '@marquee/chassis/bus/cancellable';
import { type StoreTailSource, tailStore } from '@marquee/chassis/bus/tail-store';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { jobsContext, type JobsContext } from '../context.js';
import { requireVisibleJob } from '../jobs/job-access.js';
import { topics } from '../topics.js';
import { findVisibleProposal } from './proposal-access.js';
import { Proposal } from './proposal-model.js';

/** The most changes that one poll of the store recovers. */
const maxCatchUp = 100;

@Resolver()
export class ProposalSubscriptionResolver {
  @Authorize('user')
  @Subscription(() => Proposal, {
    description:
      'A proposal for the job that has just been created or changed. The poster of the job, reviewers and admins receive ' +
      'all proposals except drafts; a freelancer receives only their own proposal. UNAUTHENTICATED for a guest, FORBIDDEN ' +
      'for a machine client, NOT_FOUND if the job does not exist or the caller may not see it.',
    subscribe: ({ args, context }) => changedProposals(args as { jobId: string }, context as JobsContext),
  })
  proposalChanged(
    @Root() proposal: Proposal,
    @Arg('jobId', () => ID, { description: 'Job whose proposals to observe.' }) _: string,
  ): Proposal {
    return proposal;
  }
}

async function changedProposals(
  { jobId }: { jobId: string },
  context: JobsContext,
): Promise<AsyncIterableIterator<Proposal>> {
  requireUser(context.caller);
  const { id } = await requireVisibleJob(context, jobId);
  return cancellable((signal) => tailStore(topics.proposalChanged, proposalSource(id, context), context.tail, signal));
}

function proposalSource(jobId: string, context: JobsContext): StoreTailSource<Proposal> {
  return {
    readNotified: async (message) =>
      message['jobId'] === jobId ? loadVisible([String(message['proposalId'])], context) : [],
    readSince: async (time) =>
      loadVisible(await context.store.proposals.changedSince(jobId, { time, limit: maxCatchUp }), context),
    keyOf: ({ id, updatedAt }) => `${id} ${updatedAt.getTime()}`,
  };
}

/** Checks visibility again for every change, with fresh loaders: the caller may have lost access meanwhile. */
async function loadVisible(ids: readonly string[], context: JobsContext): Promise<Proposal[]> {
  const fresh = jobsContext(context.caller, context);
  const views = await Promise.all(ids.map((id) => findVisibleProposal(fresh, id)));
  return views.flatMap((view) => view?.proposal ?? []);
}
