import { forbidden } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { isModerator } from '../access.js';
import { type Job, JobStatus } from './job-model.js';
import type { JobActor, JobSubject } from './job-machine.js';

/** How a freelancer is related to a job. */
export interface JobRelation {
  jobId: string;
  /** Whether the poster has invited the freelancer. */
  isInvited: boolean;
  /** Whether the freelancer has made a proposal, which may still be a draft. */
  hasProposal: boolean;
}

const openStatuses: readonly JobStatus[] = [JobStatus.PUBLISHED, JobStatus.PRIVATE_OUTREACH];
const statusesVisibleToInvited: readonly JobStatus[] = [JobStatus.PRIVATE_OUTREACH, JobStatus.CLOSED];

/** Returns the status of a job at a time: an open job is CLOSED once `closesAt` has passed. */
export function effectiveStatus({ status, closesAt }: Pick<Job, 'status' | 'closesAt'>, now = new Date()): JobStatus {
  return openStatuses.includes(status) && closesAt !== null && closesAt <= now ? JobStatus.CLOSED : status;
}

/** Returns the input of the job state machine. */
export function jobSubject(job: Job): JobSubject {
  return { ...job, status: effectiveStatus(job) };
}

export function acceptsProposals(job: Job): boolean {
  return job.posterIsActive && openStatuses.includes(effectiveStatus(job));
}

export function isPublic(job: Job): boolean {
  return job.posterIsActive && effectiveStatus(job) === JobStatus.PUBLISHED;
}

/** Returns the roles of the caller towards a job; empty for an unrelated caller. */
export function jobActors(job: Job, caller: Caller): JobActor[] {
  const actors: JobActor[] = [];
  if (isPoster(job, caller)) actors.push('poster');
  if (isModerator(caller)) actors.push('reviewer');
  return actors;
}

export function isPoster(job: Job, caller: Caller): boolean {
  return caller.kind === 'user' && caller.id === job.posterId;
}

/** The poster and moderators see a job in any status, with its review notes, proposals and invitations. */
export function hasFullAccess(job: Job, caller: Caller): boolean {
  return jobActors(job, caller).length > 0;
}

/** Whether a freelancer with this relation may see a job that is not public. */
export function canSeeThroughRelation(job: Job, relation: JobRelation | null): boolean {
  if (relation === null) return false;
  if (relation.hasProposal) return true;
  return relation.isInvited && job.posterIsActive && statusesVisibleToInvited.includes(effectiveStatus(job));
}

/** Expects that the caller may see the job. @throws FORBIDDEN unless the caller posted it */
export function assertPoster(job: Job, caller: Caller): void {
  if (!isPoster(job, caller)) throw forbidden(`Only the poster of the job "${job.title}" can do this.`);
}

/** Expects that the caller may see the job. @throws FORBIDDEN unless the caller posted it or is a moderator */
export function assertJobActor(job: Job, caller: Caller): void {
  if (!hasFullAccess(job, caller))
    throw forbidden(`Only the poster of the job "${job.title}", a reviewer or an admin can act on it.`);
}
