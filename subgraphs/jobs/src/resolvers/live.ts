import type { BusMessage } from '@marquee/chassis/bus/bus';
import { leavable } from '@marquee/chassis/bus/leavable';
import { hintsAndTicks, isTick, type StoreLooks, storeStream } from '@marquee/chassis/bus/store-stream';
import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Resolver, Root, Subscription } from 'type-graphql';
import { jobsContext, type JobsContext } from '../context.js';
import { JobFilter } from '../model/job-filter.js';
import { Job } from '../model/job.js';
import { Proposal } from '../model/proposal.js';
import { ReviewSummary } from '../model/review.js';
import { jobNarrowing } from '../rules/job-filter.js';
import { mustBeModerator } from '../rules/profile-visibility.js';
import { ForModerators } from '../rules/rights.js';
import type { PublicJobs } from '../store/public-jobs.js';
import { topics } from '../topics.js';
import { foundJob } from './job-access.js';
import { byTermIds } from './jobs.js';
import { visibleProposal } from './proposal-access.js';
import { reviewSummary } from './reviews.js';

/** Changes that one look at the store makes up for. */
const mostMissed = 100;

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

  @For('user')
  @Subscription(() => Proposal, {
    description:
      'What becomes of the proposals for a job: of all for its poster, reviewers and admins, else of the own.',
    subscribe: ({ args, context }) => changedProposals(args as { jobId: string }, context as JobsContext),
  })
  proposalChanged(@Root() proposal: Proposal, @Arg('jobId', () => ID) _: string): Proposal {
    return proposal;
  }

  @Directive('@broadcast')
  @ForModerators
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
  { store, tail }: JobsContext,
): Promise<AsyncIterableIterator<Job>> {
  const looks = publicLooks(store, await byTermIds(store, jobNarrowing(filter)));
  return leavable((signal) => storeStream(topics.jobPublished, looks, tail, signal));
}

/** The list of public jobs decides what fits, as it does for a query. */
function publicLooks({ publicJobs }: JobsContext['store'], narrowed: PublicJobs): StoreLooks<Job> {
  return {
    told: ({ jobId }) => publicJobs.listed({ ...narrowed, id: String(jobId) }, { limit: 1, after: null }),
    async since(time) {
      const listed = await publicJobs.listed(narrowed, { limit: mostMissed, after: null });
      return listed.filter(({ publishedAt }) => publishedAt !== null && publishedAt >= time).toReversed();
    },
    keyOf: ({ id, publishedAt }) => `${id} ${publishedAt?.getTime()}`,
  };
}

async function changedProposals(
  { jobId }: { jobId: string },
  context: JobsContext,
): Promise<AsyncIterableIterator<Proposal>> {
  requireUser(context.caller);
  const { id } = await foundJob(context, jobId);
  return leavable((signal) => storeStream(topics.proposalChanged, proposalLooks(id, context), context.tail, signal));
}

function proposalLooks(jobId: string, context: JobsContext): StoreLooks<Proposal> {
  return {
    told: async (hint) => (hint['jobId'] === jobId ? visibleOf([String(hint['proposalId'])], context) : []),
    since: async (time) =>
      visibleOf(await context.store.proposals.changedSince(jobId, { time, limit: mostMissed }), context),
    keyOf: ({ id, updatedAt }) => `${id} ${updatedAt.getTime()}`,
  };
}

/** What may be seen is decided anew for every change. */
async function visibleOf(ids: readonly string[], context: JobsContext): Promise<Proposal[]> {
  const now = jobsContext(context.caller, context);
  const views = await Promise.all(ids.map((id) => visibleProposal(now, id)));
  return views.flatMap((view) => view?.proposal ?? []);
}

function changedSummaries({ caller, store, tail }: JobsContext): AsyncIterableIterator<ReviewSummary> {
  mustBeModerator(caller);
  return leavable((signal) => summaries(hintsAndTicks(topics.reviewQueueChanged, tail, signal), store));
}

async function* summaries(
  hints: AsyncIterable<BusMessage>,
  store: JobsContext['store'],
): AsyncGenerator<ReviewSummary> {
  let told = JSON.stringify(await reviewSummary(store));
  for await (const hint of hints) {
    const summary = await reviewSummary(store);
    const text = JSON.stringify(summary);
    if (!isTick(hint) || text !== told) yield summary;
    told = text;
  }
}
