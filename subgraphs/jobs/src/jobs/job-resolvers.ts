import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { Media, Show, User } from '../entity-stubs.js';
import { assertRelevance } from '../paging/relevance-rules.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { parseSortedPage, toSortedConnection } from '../paging/sorted-connection.js';
import { validActions } from '../state-machine/state-machine.js';
import { loadTerms, requireTerm } from '../taxonomy/taxonomy-loaders.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { findVisibleJob } from './job-access.js';
import { toJobCriteria } from './job-criteria.js';
import { parseJobFilter } from './job-filter-rules.js';
import { JobsArgs, JobSort } from './job-inputs.js';
import { jobMachine } from './job-machine.js';
import { Job, JobAction, JobConnection, JobStatus } from './job-model.js';
import { effectiveStatus, hasFullAccess, jobActors, jobSubject } from './job-visibility-rules.js';
import { jobCursors } from './job-orders.js';

@Resolver(() => Job)
export class JobResolver {
  @Query(() => JobConnection, { description: 'Public jobs, which are those with the status PUBLISHED.' })
  async jobs(@Ctx() { store }: JobsContext, @Args(() => JobsArgs) args: JobsArgs): Promise<JobConnection> {
    const list = { orders: jobCursors, sort: args.sort ?? JobSort.NEWEST, filter: parseJobFilter(args.filter) };
    if (list.sort === JobSort.RELEVANCE) assertRelevance(args, list.filter.search);
    const page = parseSortedPage(args, list);
    const criteria = await toJobCriteria(store, list.filter);
    const connection = toSortedConnection(await store.publicJobs.list(criteria, page), page, list);
    if (criteria.words !== null) return connection;
    return {
      ...connection,
      count: () => store.publicJobs.count(criteria),
      countFacets: () => store.publicJobs.countFacets(criteria),
    };
  }

  @Query(() => Job, {
    nullable: true,
    description: 'A job by id. Null if it does not exist or the caller may not see it.',
  })
  job(
    @Ctx() context: JobsContext,
    @Arg('id', () => ID, { description: 'Id of the job.' }) id: string,
  ): Promise<Job | null> {
    return findVisibleJob(context, id);
  }

  @Authorize('user')
  @Query(() => JobConnection, {
    description:
      'Jobs that the caller posted, in any status, newest first. UNAUTHENTICATED for a guest, FORBIDDEN for a machine ' +
      'client.',
  })
  async myJobs(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('status', () => JobStatus, {
      nullable: true,
      description: 'Returns only jobs in this status. All statuses if omitted.',
    })
    status?: JobStatus | null,
  ): Promise<Connection<Job>> {
    const user = requireUser(caller);
    const page = parseIdPage(args);
    const connection = toIdConnection(await store.jobs.postedBy(user.id, status ?? null, page), page);
    return { ...connection, count: () => store.jobs.countPostedBy(user.id, status ?? null) };
  }

  @Directive('@broadcast')
  @FieldResolver(() => JobStatus, {
    description: 'Stage of the job. An open job becomes CLOSED by itself when `closesAt` has passed.',
  })
  status(@Root() job: Job): JobStatus {
    return effectiveStatus(job);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Note from the last action that had one, up to 2000 characters. Null if no action had one, and for callers other than ' +
      'the poster, reviewers and admins.',
  })
  reviewNotes(@Root() job: Job, @Ctx() { caller }: JobsContext): string | null {
    return hasFullAccess(job, caller) ? job.reviewNotes : null;
  }

  @FieldResolver(() => [JobAction], {
    description: 'Actions that the caller can perform on the job now with `actOnJob`.',
  })
  validActions(@Root() job: Job, @Ctx() { caller }: JobsContext): JobAction[] {
    return validActions(jobMachine, jobSubject(job), jobActors(job, caller));
  }

  @Directive('@broadcast')
  @FieldResolver(() => TaxonomyTerm, { description: 'Kind of work: a term of the category PROJECT_TYPE.' })
  projectType(@Root() { projectTypeId }: Job, @Ctx() context: JobsContext): TaxonomyTerm | Promise<TaxonomyTerm> {
    return requireTerm(context, projectTypeId);
  }

  @Directive('@broadcast')
  @FieldResolver(() => [TaxonomyTerm], { description: 'Audiences of the work, up to 20.' })
  audiences(@Root() { audienceIds }: Job, @Ctx() context: JobsContext): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, audienceIds);
  }

  @Directive('@broadcast')
  @FieldResolver(() => [TaxonomyTerm], { description: 'Genres of the work, up to 20.' })
  genres(@Root() { genreIds }: Job, @Ctx() context: JobsContext): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, genreIds);
  }

  @Directive('@broadcast')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'User who posted the job. Null only if the user cannot be loaded at the moment.',
  })
  poster(@Root() { posterId }: Job): User {
    return { id: posterId };
  }

  @Directive('@broadcast')
  @FieldResolver(() => Show, {
    nullable: true,
    description: 'Show that the job is for. Null if it is for none, or the show has been deleted.',
  })
  show(@Root() { showSlug }: Job): Show | null {
    return showSlug === null ? null : { slug: showSlug };
  }

  @Directive('@broadcast')
  @FieldResolver(() => [Media], {
    nullable: 'items',
    description: 'Up to 10 files, in the order that the poster chose. An entry is null if its file no longer exists.',
  })
  attachments(@Root() { attachmentIds }: Job): Media[] {
    return attachmentIds.map((id) => ({ id }));
  }

  @Directive('@broadcast')
  @FieldResolver(() => Int, { description: 'Number of proposals that the job has received, without drafts.' })
  async proposalCount(@Root() { id }: Job, @Ctx() { loaders }: JobsContext): Promise<number> {
    return (await loaders.proposalCount.load(id))?.count ?? 0;
  }
}
