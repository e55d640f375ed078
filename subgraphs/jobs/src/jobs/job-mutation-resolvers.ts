import { notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type JobsContext } from '../context.js';
import {
  ActOnJobInput,
  ActOnJobPayload,
  DraftJobInput,
  DraftJobPayload,
  InviteToJobInput,
  InviteToJobPayload,
  UpdateJobInput,
  UpdateJobPayload,
} from './job-inputs.js';
import { type Job, JobStatus } from './job-model.js';
import { parseInvitedIds, assertApproved, assertInvitable } from './invitation-rules.js';
import { jobActors, assertJobActor, assertPoster, requireJobPosterRole } from './job-visibility-rules.js';
import {
  applyJobAction,
  parseJobChange,
  type JobValues,
  assertEditable,
  parseNewJob,
  parseReviewNote,
  type JobTermInput,
  termIdsOfJob,
  termIdsInJobInput,
} from './job-rules.js';
import { ForStaff } from '../access.js';
import { assertMediaOwner } from '../input/input-values.js';
import type { JobDecision, JobOutcome } from './job-writing-store.js';
import { topics } from '../topics.js';
import { requireVisibleJob } from './job-access.js';
import type { AllowedTerms } from '../taxonomy/taxonomy-term-rules.js';

@Resolver()
export class JobMutationResolver {
  @ForStaff
  @Mutation(() => DraftJobPayload, { description: 'For those who hire, reviewers and admins.' })
  async draftJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => DraftJobInput) input: DraftJobInput,
  ): Promise<DraftJobPayload> {
    const poster = requireJobPosterRole(context.caller);
    const values = parseNewJob(input, await loadAllowedTerms(context, input));
    assertAttachmentOwner(context, poster, values);
    return { job: await publishAndReload(context, await context.store.jobWriting.draft(poster.id, values)) };
  }

  @ForStaff
  @Mutation(() => UpdateJobPayload, { description: 'For its poster.' })
  async updateJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateJobInput) { jobId, ...input }: UpdateJobInput,
  ): Promise<UpdateJobPayload> {
    const poster = requireJobPosterRole(context.caller);
    const existing = await requireVisibleJob(context, jobId);
    assertPoster(existing, poster);
    const changes = parseJobChange(input, await loadAllowedTerms(context, input, existing));
    assertAttachmentOwner(context, poster, changes, existing);
    await changeJob(context, jobId, (job) => {
      assertEditable(job, changes);
      return changes;
    });
    return { job: await publishAndReload(context, jobId) };
  }

  @ForStaff
  @Mutation(() => ActOnJobPayload, { description: 'Leads a job to another state; see `validActions`.' })
  async actOnJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => ActOnJobInput) { jobId, action, note }: ActOnJobInput,
  ): Promise<ActOnJobPayload> {
    const caller = requireJobPosterRole(context.caller);
    assertJobActor(await requireVisibleJob(context, jobId), caller);
    const reviewNotes = parseReviewNote({ note });
    const outcome = await changeJob(context, jobId, (job) =>
      applyJobAction(job, action, jobActors(job, caller), reviewNotes),
    );
    if (outcome.job.status === JobStatus.PUBLISHED) context.bus.publish(topics.jobPublished, { jobId });
    return { job: await publishAndReload(context, jobId) };
  }

  @ForStaff
  @Mutation(() => InviteToJobPayload, {
    description: 'For its poster: shows the job to freelancers, also if it is private.',
  })
  async inviteToJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => InviteToJobInput) { jobId, profileIds }: InviteToJobInput,
  ): Promise<InviteToJobPayload> {
    const poster = requireJobPosterRole(context.caller);
    assertPoster(await requireVisibleJob(context, jobId), poster);
    const ids = parseInvitedIds({ profileIds });
    assertApproved(ids, await context.store.profiles.byIds(ids));
    await context.store.invitations.invite(jobId, ids, (job, invited) => assertInvitable(job, invited, ids));
    return { job: await publishAndReload(context, jobId) };
  }
}

/** Changes the job, then tells whom it concerns. */
async function changeJob(context: JobsContext, jobId: string, decide: JobDecision): Promise<JobOutcome> {
  const outcome = await context.store.jobWriting.change(jobId, decide);
  if (outcome === null) throw notFound('job', jobId);
  for (const proposalId of outcome.declined) context.bus.publish(topics.proposalChanged, { jobId, proposalId });
  return outcome;
}

async function publishAndReload(context: JobsContext, jobId: string): Promise<Job> {
  resetLoaders(context);
  context.bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id: jobId });
  return requireVisibleJob(context, jobId);
}

/** What the poster can choose from; what the job had before can stay. */
async function loadAllowedTerms({ store }: JobsContext, input: JobTermInput, before?: Job): Promise<AllowedTerms> {
  return { terms: await store.terms.byIds(termIdsInJobInput(input)), currentIds: before ? termIdsOfJob(before) : [] };
}

/** @throws NOT_FOUND for media that the poster did not upload for a job; what the job had before can stay */
function assertAttachmentOwner(
  { mediaIds }: JobsContext,
  poster: UserCaller,
  values: Partial<JobValues>,
  before?: Job,
): void {
  const added = values.attachmentIds?.filter((id) => !before?.attachmentIds.includes(id)) ?? [];
  for (const id of added) assertMediaOwner(mediaIds, poster, id, 'JOB_ATTACHMENT');
}
