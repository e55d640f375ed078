import { cancellable } from '@marquee/chassis/bus/cancellable';
import { type StoreTailSource, tailStore } from '@marquee/chassis/bus/tail-store';
import { Arg, Directive, Resolver, Root, Subscription } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { topics } from '../topics.js';
import { toJobCriteria } from './job-criteria.js';
import { parseJobFilter } from './job-filter-rules.js';
import { JobFilter } from './job-inputs.js';
import { Job } from './job-model.js';
import type { PublicJobCriteria } from './public-job-store.js';

/** The most changes that one poll of the store recovers. */
const maxCatchUp = 100;

@Resolver()
export class JobSubscriptionResolver {
  @Directive('@broadcast')
  @Subscription(() => Job, {
    description: 'A job that has just become PUBLISHED and matches the filter. Public.',
    subscribe: ({ args, context }) => publishedJobs(args as { filter?: JobFilter | null }, context as JobsContext),
  })
  jobPublished(
    @Root() job: Job,
    @Arg('filter', () => JobFilter, {
      nullable: true,
      description: 'Restricts the events. All public jobs if omitted.',
    })
    _: JobFilter | null | undefined,
  ): Job {
    return job;
  }
}

async function publishedJobs(
  { filter }: { filter?: JobFilter | null },
  { store, tail }: JobsContext,
): Promise<AsyncIterableIterator<Job>> {
  const source = publishedJobSource(store, await toJobCriteria(store, parseJobFilter(filter)));
  return cancellable((signal) => tailStore(topics.jobPublished, source, tail, signal));
}

/** Applies the same criteria as the `jobs` query, so that the subscription and the list agree on every job. */
function publishedJobSource({ publicJobs }: JobsContext['store'], criteria: PublicJobCriteria): StoreTailSource<Job> {
  return {
    readNotified: ({ jobId }) => publicJobs.list({ ...criteria, id: String(jobId) }, { limit: 1, after: null }),
    async readSince(time) {
      const jobs = await publicJobs.list(criteria, { limit: maxCatchUp, after: null });
      return jobs.filter(({ publishedAt }) => publishedAt !== null && publishedAt >= time).toReversed();
    },
    keyOf: ({ id, publishedAt }) => `${id} ${publishedAt?.getTime()}`,
  };
}
