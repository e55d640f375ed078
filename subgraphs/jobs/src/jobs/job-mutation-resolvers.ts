import { publishChange } from '@marquee/chassis/bus/change-log';
import { notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ForStaff, requireStaff } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { requireOwnMedia } from '../media/media-access.js';
import type { AllowedTerms } from '../taxonomy/taxonomy-term-rules.js';
import { publishedJobStream, publishProposals, topics } from '../topics.js';
import { assertApproved, assertInvitable, parseInvitedIds } from './invitation-rules.js';
import { requireVisibleJob } from './job-access.js';
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
import {
  applyJobAction,
  applyJobChange,
  type JobTermInput,
  type JobValues,
  parseJobChange,
  parseNewJob,
  parseReviewNote,
  termIdsInJobInput,
  termIdsOfJob,
} from './job-rules.js';
import { assertJobActor, assertPoster, jobActors } from './job-visibility-rules.js';
import type { JobDecision } from './job-writing-store.js';

@Resolver()
export class JobMutationResolver {
  @ForStaff
  @Mutation(() => DraftJobPayload, {
    description:
      'Creates a job as a DRAFT. Hiring users, reviewers and admins only. Errors: UNAUTHENTICATED for a guest; FORBIDDEN ' +
      'for other callers; BAD_USER_INPUT for invalid values; NOT_FOUND for media that the caller did not upload for this ' +
      'purpose; RATE_LIMITED after 100 jobs in a day.',
  })
  async draftJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => DraftJobInput, { description: 'The job to create.' }) input: DraftJobInput,
  ): Promise<DraftJobPayload> {
    const poster = requireStaff(context.caller);
    const values = parseNewJob(input, await loadAllowedTerms(context, input));
    await requireOwnAttachments(context, poster, values);
    await context.store.quotas.take(poster.id, 'job');
    return { job: await publishAndReload(context, await context.store.jobWriting.draft(poster.id, values)) };
  }

  @ForStaff
  @Mutation(() => UpdateJobPayload, {
    description:
      'Changes a job of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for callers who are not hiring users, ' +
      'reviewers or admins, and for a job of another poster; NOT_FOUND if the job does not exist, the caller may not see ' +
      'it or did not upload the media for this purpose; BAD_USER_INPUT for invalid values; CONFLICT for fields that ' +
      'cannot change in the status of the job.',
  })
  async updateJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateJobInput, { description: 'The changes to make.' })
    { jobId, ...input }: UpdateJobInput,
  ): Promise<UpdateJobPayload> {
    const poster = requireStaff(context.caller);
    const existing = await requireVisibleJob(context, jobId);
    assertPoster(existing, poster);
    const changes = parseJobChange(input, await loadAllowedTerms(context, input, existing));
    await requireOwnAttachments(context, poster, changes, existing);
    await changeJob(context, jobId, poster, (job) => applyJobChange(job, changes));
    return { job: await publishAndReload(context, jobId) };
  }

  @ForStaff
  @Mutation(() => ActOnJobPayload, {
    description:
      'Performs an action that changes the status of a job. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for callers ' +
      'other than the poster, a reviewer or an admin; NOT_FOUND if the job does not exist or the caller may not see ' +
      'it; INVALID_TRANSITION if the action is not one of `validActions`; BAD_USER_INPUT for a note that is too long, ' +
      'and for SUBMIT without a summary or with a `closesAt` that has passed.',
  })
  async actOnJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => ActOnJobInput, { description: 'The action to perform.' })
    { jobId, action, note }: ActOnJobInput,
  ): Promise<ActOnJobPayload> {
    const caller = requireStaff(context.caller);
    assertJobActor(await requireVisibleJob(context, jobId), caller);
    const reviewNote = { text: parseReviewNote({ note }), authorId: caller.id };
    await changeJob(context, jobId, caller, (job) => applyJobAction(job, action, jobActors(job, caller), reviewNote));
    return { job: await publishAndReload(context, jobId) };
  }

  @ForStaff
  @Mutation(() => InviteToJobPayload, {
    description:
      'Invites freelancers to a job of the caller. They see the job also while it is PRIVATE_OUTREACH. Idempotent. Errors: ' +
      'UNAUTHENTICATED for a guest; FORBIDDEN for callers who are not hiring users, reviewers or admins, and for a job of ' +
      'another poster; NOT_FOUND if the job does not exist or the caller may not see it; BAD_USER_INPUT for profiles that ' +
      'are not APPROVED; CONFLICT if the job is CLOSED, REJECTED or ARCHIVED, or would have more than 200 invitations; ' +
      'RATE_LIMITED after 1000 new invitations of the caller in a day.',
  })
  async inviteToJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => InviteToJobInput, { description: 'The job and the freelancers to invite.' })
    { jobId, profileIds }: InviteToJobInput,
  ): Promise<InviteToJobPayload> {
    const poster = requireStaff(context.caller);
    assertPoster(await requireVisibleJob(context, jobId), poster);
    const ids = parseInvitedIds({ profileIds });
    assertApproved(ids, await context.store.profiles.byIds(ids));
    await context.store.invitations.invite(jobId, ids, (job, invited) => assertInvitable(job, invited, ids));
    return { job: await publishAndReload(context, jobId) };
  }
}

/** Changes the job, and notifies the subscribers of published jobs and of the proposals that the change declined. */
async function changeJob(context: JobsContext, jobId: string, caller: UserCaller, decide: JobDecision): Promise<void> {
  const outcome = await context.store.jobWriting.change(jobId, caller.id, decide);
  if (outcome === null) throw notFound('job', jobId);
  if (outcome.declined.length > 0) publishProposals(context.bus, jobId);
  if (outcome.changes.status === JobStatus.PUBLISHED) publishChange(context.bus, publishedJobStream);
}

async function publishAndReload(context: JobsContext, jobId: string): Promise<Job> {
  resetLoaders(context);
  context.bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id: jobId });
  return requireVisibleJob(context, jobId);
}

async function loadAllowedTerms({ store }: JobsContext, input: JobTermInput, before?: Job): Promise<AllowedTerms> {
  return { terms: await store.terms.byIds(termIdsInJobInput(input)), currentIds: before ? termIdsOfJob(before) : [] };
}

/** @throws NOT_FOUND for a new attachment that the poster did not upload with the purpose JOB_ATTACHMENT */
async function requireOwnAttachments(
  context: JobsContext,
  poster: UserCaller,
  values: Partial<JobValues>,
  before?: Job,
): Promise<void> {
  const added = values.attachmentIds?.filter((id) => !before?.attachmentIds.includes(id)) ?? [];
  await Promise.all(added.map((id) => requireOwnMedia(context, poster, id, 'JOB_ATTACHMENT')));
}
