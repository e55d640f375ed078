import { notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
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
import { invitedIds, mustBeApproved, mustBeInvitable } from './invitation-rules.js';
import { actorsOn, mustBeActor, mustBePoster, mustBePosting } from './job-visibility-rules.js';
import {
  actedOn,
  jobChange,
  type JobValues,
  mustBeEditable,
  newJob,
  noteOf,
  type TermsNamed,
  termsHeld,
  termsNamed,
} from './job-rules.js';
import { ForHouse } from '../access.js';
import { mustOwnMedia } from '../input/input-values.js';
import type { JobDecision, JobOutcome } from './job-writing-store.js';
import { topics } from '../topics.js';
import { foundJob } from './job-access.js';
import type { Choice } from '../taxonomy/taxonomy-term-rules.js';

@Resolver()
export class JobWritingResolver {
  @ForHouse
  @Mutation(() => DraftJobPayload, { description: 'For those who hire, reviewers and admins.' })
  async draftJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => DraftJobInput) input: DraftJobInput,
  ): Promise<DraftJobPayload> {
    const poster = mustBePosting(context.caller);
    const values = newJob(input, await choice(context, input));
    mustOwn(context, poster, values);
    return { job: await afterwards(context, await context.store.jobWriting.draft(poster.id, values)) };
  }

  @ForHouse
  @Mutation(() => UpdateJobPayload, { description: 'For its poster.' })
  async updateJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateJobInput) { jobId, ...input }: UpdateJobInput,
  ): Promise<UpdateJobPayload> {
    const poster = mustBePosting(context.caller);
    const existing = await foundJob(context, jobId);
    mustBePoster(existing, poster);
    const changes = jobChange(input, await choice(context, input, existing));
    mustOwn(context, poster, changes, existing);
    await changed(context, jobId, (job) => {
      mustBeEditable(job, changes);
      return changes;
    });
    return { job: await afterwards(context, jobId) };
  }

  @ForHouse
  @Mutation(() => ActOnJobPayload, { description: 'Leads a job to another state; see `validActions`.' })
  async actOnJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => ActOnJobInput) { jobId, action, note }: ActOnJobInput,
  ): Promise<ActOnJobPayload> {
    const caller = mustBePosting(context.caller);
    mustBeActor(await foundJob(context, jobId), caller);
    const reviewNotes = noteOf({ note });
    const outcome = await changed(context, jobId, (job) => actedOn(job, action, actorsOn(job, caller), reviewNotes));
    if (outcome.job.status === JobStatus.PUBLISHED) context.bus.publish(topics.jobPublished, { jobId });
    return { job: await afterwards(context, jobId) };
  }

  @ForHouse
  @Mutation(() => InviteToJobPayload, {
    description: 'For its poster: shows the job to freelancers, also if it is private.',
  })
  async inviteToJob(
    @Ctx() context: JobsContext,
    @Arg('input', () => InviteToJobInput) { jobId, profileIds }: InviteToJobInput,
  ): Promise<InviteToJobPayload> {
    const poster = mustBePosting(context.caller);
    mustBePoster(await foundJob(context, jobId), poster);
    const ids = invitedIds({ profileIds });
    mustBeApproved(ids, await context.store.profiles.byIds(ids));
    await context.store.invitations.invite(jobId, ids, (job, invited) => mustBeInvitable(job, invited, ids));
    return { job: await afterwards(context, jobId) };
  }
}

/** Changes the job, then tells whom it concerns. */
async function changed(context: JobsContext, jobId: string, decide: JobDecision): Promise<JobOutcome> {
  const outcome = await context.store.jobWriting.change(jobId, decide);
  if (outcome === null) throw notFound('job', jobId);
  for (const proposalId of outcome.declined) context.bus.publish(topics.proposalChanged, { jobId, proposalId });
  return outcome;
}

async function afterwards(context: JobsContext, jobId: string): Promise<Job> {
  forgetLoaded(context);
  context.bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id: jobId });
  return foundJob(context, jobId);
}

/** What the poster can choose from; what the job had before can stay. */
async function choice({ store }: JobsContext, input: TermsNamed, before?: Job): Promise<Choice> {
  return { terms: await store.terms.byIds(termsNamed(input)), held: before ? termsHeld(before) : [] };
}

/** @throws NOT_FOUND for media that the poster did not upload for a job; what the job had before can stay */
function mustOwn({ mediaIds }: JobsContext, poster: UserCaller, values: Partial<JobValues>, before?: Job): void {
  const added = values.attachmentIds?.filter((id) => !before?.attachmentIds.includes(id)) ?? [];
  for (const id of added) mustOwnMedia(mediaIds, poster, id, 'JOB_ATTACHMENT');
}
