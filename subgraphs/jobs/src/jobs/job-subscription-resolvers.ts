import { streamLog } from '@marquee/chassis/bus/change-log';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { parseAfter } from '@marquee/chassis/input/after-argument';
import { Arg, Directive, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { publishedJobStream } from '../topics.js';
import { toJobCriteria } from './job-criteria.js';
import { parseJobFilter } from './job-filter-rules.js';
import { JobFilter } from './job-inputs.js';
import { Job } from './job-model.js';
import { createPublishedJobs } from './published-job-loader.js';

@Resolver()
export class JobSubscriptionResolver {
  @Directive('@broadcast')
  @Directive('@resumable(argument: "after", cursor: "changeCursor")')
  @Subscription(() => Job, {
    description:
      'Every job that becomes PUBLISHED and matches the filter: first the stored ones after `after`, then each new one. ' +
      'Jobs that are no longer public are omitted. Positions are kept for 31 days; after an older one, `extensions.gap` ' +
      'reports at once that jobs may be missing. Public. Errors: BAD_USER_INPUT for a negative `after`, and with the last ' +
      'position in `extensions.cursor` if `after` is greater.',
    subscribe: ({ args, context }) => publishedJobs(args as JobPublishedArgs, context as JobsContext),
  })
  jobPublished(
    @Root() job: Job,
    @Arg('filter', () => JobFilter, {
      nullable: true,
      description: 'Restricts the events. All public jobs if omitted.',
    })
    _: JobFilter | null | undefined,
    @Arg('after', () => Int, {
      nullable: true,
      description:
        'The `changeCursor` of the last event that the client received, with any filter. Without it, the stream starts ' +
        'with the next job.',
    })
    __: number | null | undefined,
  ): Job {
    return job;
  }
}

interface JobPublishedArgs {
  filter?: JobFilter | null;
  after?: number | null;
}

/** The criteria are those of the `jobs` query, so that the subscription and the list agree on every job. */
async function publishedJobs({ filter, after }: JobPublishedArgs, { store, logTails }: JobsContext) {
  const criteria = await toJobCriteria(store, parseJobFilter(filter));
  const loaderFor = getOrCreate(loaders, store, createPublishedJobs);
  return streamLog(logTails, publishedJobStream, { after: parseAfter(after), ...loaderFor(criteria) });
}

const loaders = new WeakMap<JobsContext['store'], ReturnType<typeof createPublishedJobs>>();
