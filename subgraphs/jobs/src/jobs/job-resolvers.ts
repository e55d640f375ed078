import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { Job, JobAction, JobConnection, JobStatus } from './job-model.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { User, Media, Show } from '../entity-stubs.js';
import { jobActors, effectiveStatus, jobSubject, hasFullAccess } from './job-visibility-rules.js';
import { toJobCriteria } from './job-criteria.js';
import { parseJobFilter } from './job-filter-rules.js';
import { jobMachine } from './job-machine.js';
import { validActions } from '../state-machine/state-machine.js';
import { findVisibleJob } from './job-access.js';
import { toIdConnection, parseIdPage } from '../paging/id-connection.js';
import { toPublishedConnection, parsePublishedPage } from './published-page.js';
import { JobFilter } from './job-inputs.js';

@Resolver(() => Job)
export class JobResolver {
  @Query(() => JobConnection, { description: 'Public jobs that are still open, the last published first.' })
  async jobs(
    @Ctx() { store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => JobFilter, { nullable: true }) filter?: JobFilter | null,
  ): Promise<Connection<Job>> {
    const page = parsePublishedPage(args);
    const narrowed = await toJobCriteria(store, parseJobFilter(filter));
    return toPublishedConnection(await store.publicJobs.listed(narrowed, page), page);
  }

  @Query(() => Job, { nullable: true, description: 'Null for a job that the caller may not see, too.' })
  job(@Ctx() context: JobsContext, @Arg('id', () => ID) id: string): Promise<Job | null> {
    return findVisibleJob(context, id);
  }

  @Authorize('user')
  @Query(() => JobConnection, { description: 'What the caller posted, the newest first.' })
  async myJobs(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('status', () => JobStatus, { nullable: true }) status?: JobStatus | null,
  ): Promise<Connection<Job>> {
    const user = requireUser(caller);
    const page = parseIdPage(args);
    return toIdConnection(await store.jobs.postedBy(user.id, status ?? null, page), page);
  }

  @Directive('@broadcast')
  @FieldResolver(() => JobStatus, { description: 'CLOSED as well once its time is over.' })
  status(@Root() job: Job): JobStatus {
    return effectiveStatus(job);
  }

  @FieldResolver(() => String, { nullable: true, description: 'For its poster, reviewers and admins.' })
  reviewNotes(@Root() job: Job, @Ctx() { caller }: JobsContext): string | null {
    return hasFullAccess(job, caller) ? job.reviewNotes : null;
  }

  @FieldResolver(() => [JobAction], { description: 'What the caller can do with it now.' })
  validActions(@Root() job: Job, @Ctx() { caller }: JobsContext): JobAction[] {
    return validActions(jobMachine, jobSubject(job), jobActors(job, caller));
  }

  @Directive('@broadcast')
  @FieldResolver(() => TaxonomyTerm)
  async projectType(@Root() { projectTypeId }: Job, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm> {
    const term = await loaders.term.load(projectTypeId);
    if (term === null) throw notFound('taxonomy term', projectTypeId);
    return term;
  }

  @Directive('@broadcast')
  @FieldResolver(() => [TaxonomyTerm])
  audiences(@Root() { audienceIds }: Job, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, audienceIds);
  }

  @Directive('@broadcast')
  @FieldResolver(() => [TaxonomyTerm])
  genres(@Root() { genreIds }: Job, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, genreIds);
  }

  @Directive('@broadcast')
  @FieldResolver(() => User)
  poster(@Root() { posterId }: Job): User {
    return { id: posterId };
  }

  @Directive('@broadcast')
  @FieldResolver(() => Show, { nullable: true })
  show(@Root() { showSlug }: Job): Show | null {
    return showSlug === null ? null : { slug: showSlug };
  }

  @Directive('@broadcast')
  @FieldResolver(() => [Media])
  attachments(@Root() { attachmentIds }: Job): Media[] {
    return attachmentIds.map((id) => ({ id }));
  }

  @Directive('@broadcast')
  @FieldResolver(() => Int, { description: 'How many proposals it received; drafts do not count.' })
  async proposalCount(@Root() { id }: Job, @Ctx() { loaders }: JobsContext): Promise<number> {
    return (await loaders.proposalCount.load(id))?.count ?? 0;
  }
}
