import { forbidden } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import { type Job, JobStatus } from './job-model.js';
import type { JobActor, JobSubject } from './job-machine.js';

/** What a freelancer has to do with a job. */
export interface JobRelation {
  jobId: string;
  /** The poster has invited them. */
  isInvited: boolean;
  /** They have made a proposal, if only as a draft. */
  hasProposal: boolean;
}

const openStatuses: readonly JobStatus[] = [JobStatus.PUBLISHED, JobStatus.PRIVATE_OUTREACH];
const statusesVisibleToInvited: readonly JobStatus[] = [JobStatus.PRIVATE_OUTREACH, JobStatus.CLOSED];

/** What the state of a job counts as: one that was open is closed when its time is over. */
export function effectiveStatus({ status, closesAt }: Pick<Job, 'status' | 'closesAt'>, now = new Date()): JobStatus {
  return openStatuses.includes(status) && closesAt !== null && closesAt <= now ? JobStatus.CLOSED : status;
}

/** What the machine of jobs decides about. */
export function jobSubject(job: Job): JobSubject {
  return { ...job, status: effectiveStatus(job) };
}

export function acceptsProposals(job: Job): boolean {
  return openStatuses.includes(effectiveStatus(job));
}

export function isPublic(job: Job): boolean {
  return effectiveStatus(job) === JobStatus.PUBLISHED;
}

/** What the caller is to a job; nothing for a stranger. */
export function jobActors(job: Job, caller: Caller): JobActor[] {
  const actors: JobActor[] = [];
  if (isPoster(job, caller)) actors.push('poster');
  if (caller.kind === 'user' && (caller.role === 'REVIEWER' || caller.role === 'ADMIN')) actors.push('reviewer');
  return actors;
}

export function isPoster(job: Job, caller: Caller): boolean {
  return caller.kind === 'user' && caller.id === job.posterId;
}

/** The poster and the reviewers see everything of a job: its review, its proposals, whom it was shown to. */
export function hasFullAccess(job: Job, caller: Caller): boolean {
  return jobActors(job, caller).length > 0;
}

/** Whether the caller may see a job that is not public, given what else they have to do with it. */
export function canSeeThroughRelation(job: Job, tie: JobRelation | null): boolean {
  if (tie === null) return false;
  return tie.hasProposal || (tie.isInvited && statusesVisibleToInvited.includes(effectiveStatus(job)));
}

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for a machine client and a freelancer */
export function requireJobPosterRole(caller: Caller): UserCaller {
  return requireRole(caller, 'HIRING_USER', 'REVIEWER', 'ADMIN');
}

/** @throws FORBIDDEN; for a job that the caller sees */
export function assertPoster(job: Job, caller: Caller): void {
  if (!isPoster(job, caller)) throw forbidden(`Only who posted the job "${job.title}" can do this.`);
}

/** @throws FORBIDDEN for somebody to whom the job is just a job; for a job that the caller sees */
export function assertJobActor(job: Job, caller: Caller): void {
  if (!hasFullAccess(job, caller))
    throw forbidden(`Only who posted the job "${job.title}" and reviewers can act on it.`);
}
