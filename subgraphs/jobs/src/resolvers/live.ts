import type { BusMessage } from '@marquee/chassis/bus/bus';
import { leavable } from '@marquee/chassis/bus/leavable';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Resolver, Root, Subscription } from 'type-graphql';
import { jobsContext, type JobsContext } from '../context.js';
import { JobFilter } from '../model/job-filter.js';
import { Job } from '../model/job.js';
import { Proposal } from '../model/proposal.js';
import { ReviewSummary } from '../model/review.js';
import { jobNarrowing } from '../rules/job-filter.js';
import { mustBeModerator } from '../rules/profile-visibility.js';
import type { PublicJobs } from '../store/public-jobs.js';
import { topics } from '../topics.js';
import { foundJob } from './job-access.js';
import { byTermIds } from './jobs.js';
import { visibleProposal } from './proposal-access.js';
import { reviewSummary } from './reviews.js';

@Resolver()
export class LiveResolver {
  @Directive('@broadcast')
  @Subscription(() => Job, {
    description: 'Every job that becomes public and fits the filter.',
    subscribe: ({ args, context }) => publishedJobs(args as { filter?: JobFilter | null }, context as JobsContext),
  })
  jobPublished(
    @Root() job: Job,
    @Arg('filter', () => JobFilter, { nullable: true }) _: JobFilter | null | undefined,
  ): Job {
    return job;
  }

  @Subscription(() => Proposal, {
    description:
      'What becomes of the proposals for a job: of all for its poster, reviewers and admins, else of the own.',
    subscribe: ({ args, context }) => changedProposals(args as { jobId: string }, context as JobsContext),
  })
  proposalChanged(@Root() proposal: Proposal, @Arg('jobId', () => ID) _: string): Proposal {
    return proposal;
  }

  @Directive('@broadcast')
  @Subscription(() => ReviewSummary, {
    description: 'For reviewers and admins: the counts, whenever something enters or leaves the review queue.',
    subscribe: ({ context }) => changedSummaries(context as JobsContext),
  })
  reviewQueueChanged(@Root() summary: ReviewSummary): ReviewSummary {
    return summary;
  }
}

async function publishedJobs(
  { filter }: { filter?: JobFilter | null },
  { bus, store }: JobsContext,
): Promise<AsyncIterableIterator<Job>> {
  const narrowed = await byTermIds(store, jobNarrowing(filter));
  return leavable((signal) => fitting(bus.subscribe(topics.jobPublished, signal), narrowed, store));
}

/** The list of public jobs decides what fits, as it does for a query. */
async function* fitting(
  hints: AsyncIterable<BusMessage>,
  narrowed: PublicJobs,
  { publicJobs }: JobsContext['store'],
): AsyncGenerator<Job> {
  for await (const { jobId } of hints)
    yield* await publicJobs.listed({ ...narrowed, id: String(jobId) }, { limit: 1, after: null });
}

async function changedProposals(
  { jobId }: { jobId: string },
  context: JobsContext,
): Promise<AsyncIterableIterator<Proposal>> {
  requireUser(context.caller);
  const job = await foundJob(context, jobId);
  return leavable((signal) => seen(context.bus.subscribe(topics.proposalChanged, signal), job.id, context));
}

/** What may be seen is decided anew for every change. */
async function* seen(hints: AsyncIterable<BusMessage>, jobId: string, context: JobsContext): AsyncGenerator<Proposal> {
  for await (const hint of hints) {
    if (hint['jobId'] !== jobId) continue;
    const view = await visibleProposal(jobsContext(context.caller, context), String(hint['proposalId']));
    if (view !== null) yield view.proposal;
  }
}

function changedSummaries({ caller, bus, store }: JobsContext): AsyncIterableIterator<ReviewSummary> {
  mustBeModerator(caller);
  return leavable((signal) => summaries(bus.subscribe(topics.reviewQueueChanged, signal), store));
}

async function* summaries(
  hints: AsyncIterable<BusMessage>,
  store: JobsContext['store'],
): AsyncGenerator<ReviewSummary> {
  for await (const _ of hints) yield reviewSummary(store);
}
