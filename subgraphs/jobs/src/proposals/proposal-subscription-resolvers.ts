import { type Change, streamLog } from '@marquee/chassis/bus/change-log';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { parseAfter } from '@marquee/chassis/input/after-argument';
import { Arg, Directive, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { jobsContext, type JobsContext } from '../context.js';
import { requireVisibleJob } from '../jobs/job-access.js';
import { hasFullAccess } from '../jobs/job-visibility-rules.js';
import { ownProposalStream, proposalStream } from '../topics.js';
import { findVisibleProposal } from './proposal-access.js';
import { Proposal } from './proposal-model.js';

@Resolver()
export class ProposalSubscriptionResolver {
  @Directive('@resumable(argument: "after", cursor: "changeCursor")')
  @Authorize('user')
  @Subscription(() => Proposal, {
    description:
      'The proposals for a job that are created or change, in their current state: first the stored changes after `after`, ' +
      'then each new one. The poster of the job, reviewers and admins receive all proposals except drafts; a freelancer ' +
      'receives only their own proposal. Positions are kept for 31 days; after an older one, `extensions.gap` reports at ' +
      'once that changes may be missing. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, NOT_FOUND if ' +
      'the job does not exist or the caller may not see it, BAD_USER_INPUT for a negative `after`, and with the last ' +
      'position in `extensions.cursor` if `after` is greater.',
    subscribe: ({ args, context }) => changedProposals(args as ProposalChangedArgs, context as JobsContext),
  })
  proposalChanged(
    @Root() proposal: Proposal,
    @Arg('jobId', () => ID, { description: 'Job whose proposals to observe.' }) _: string,
    @Arg('after', () => Int, {
      nullable: true,
      description:
        'The `changeCursor` of the last event that the client received for this job. Without it, the stream starts with ' +
        'the next change.',
    })
    __: number | null | undefined,
  ): Proposal {
    return proposal;
  }
}

interface ProposalChangedArgs {
  jobId: string;
  after?: number | null;
}

async function changedProposals({ jobId, after }: ProposalChangedArgs, context: JobsContext) {
  const caller = requireUser(context.caller);
  const job = await requireVisibleJob(context, jobId);
  const stream = hasFullAccess(job, caller) ? proposalStream(job.id) : ownProposalStream(job.id, caller.id);
  const load = (changes: readonly Change[]) => loadVisible(changes, context);
  return streamLog(context.logTails, stream, { after: parseAfter(after), load });
}

/** Checks visibility again for every change, with fresh loaders: the caller may have lost access meanwhile. */
async function loadVisible(changes: readonly Change[], context: JobsContext): Promise<(Proposal | null)[]> {
  const fresh = jobsContext(context.caller, context);
  const views = await Promise.all(changes.map(({ subject }) => findVisibleProposal(fresh, subject)));
  return views.map((view) => view?.proposal ?? null);
}
