import { Distribution, JobAction, JobStatus } from './job-model.js';
import type { Guard, Machine } from '../state-machine/state-machine.js';

/** The roles that can act on a job. A reviewer or admin has both towards a job that they posted. */
export type JobActor = 'poster' | 'reviewer';

/** The part of a job that its transitions depend on. */
export interface JobSubject {
  /** The effective status, see `effectiveStatus`. */
  status: JobStatus;
  distribution: Distribution;
  closesAt: Date | null;
  isFilled: boolean;
}

const { DRAFT, QUEUED_FOR_REVIEW, CHANGES_REQUESTED, REJECTED, PUBLISHED, PRIVATE_OUTREACH, CLOSED, ARCHIVED } =
  JobStatus;
const { SUBMIT, RETRACT, APPROVE, REQUEST_CHANGES, REJECT, MAKE_PRIVATE, CLOSE, REOPEN, ARCHIVE } = JobAction;

const archivable = Object.values(JobStatus).filter((status) => status !== ARCHIVED);

const isPublic: Guard<JobSubject> = {
  description: 'it is PUBLIC and closesAt has not passed',
  holds: (job, now) => job.distribution === Distribution.PUBLIC && !isPast(job, now),
};

const isPrivate: Guard<JobSubject> = {
  description: 'it is for PRIVATE_OUTREACH and closesAt has not passed',
  holds: (job, now) => job.distribution === Distribution.PRIVATE_OUTREACH && !isPast(job, now),
};

const isNotFilled: Guard<JobSubject> = { description: 'no proposal has been accepted', holds: (job) => !job.isFilled };

/** The state machine of jobs. A job with an accepted proposal never opens again. */
export const jobMachine: Machine<JobSubject, JobStatus, JobAction, JobActor> = {
  noun: 'job',
  statuses: Object.values(JobStatus),
  actions: Object.values(JobAction),
  transitions: [
    { action: SUBMIT, from: [DRAFT, CHANGES_REQUESTED], to: QUEUED_FOR_REVIEW, by: ['poster'] },
    { action: RETRACT, from: [QUEUED_FOR_REVIEW], to: DRAFT, by: ['poster'] },
    { action: APPROVE, from: [QUEUED_FOR_REVIEW], to: PUBLISHED, by: ['reviewer'], when: isPublic },
    { action: APPROVE, from: [QUEUED_FOR_REVIEW], to: PRIVATE_OUTREACH, by: ['reviewer'], when: isPrivate },
    { action: REQUEST_CHANGES, from: [QUEUED_FOR_REVIEW], to: CHANGES_REQUESTED, by: ['reviewer'] },
    { action: REJECT, from: [QUEUED_FOR_REVIEW], to: REJECTED, by: ['reviewer'] },
    { action: MAKE_PRIVATE, from: [PUBLISHED], to: PRIVATE_OUTREACH, by: ['reviewer'] },
    { action: CLOSE, from: [PUBLISHED, PRIVATE_OUTREACH], to: CLOSED, by: ['poster'] },
    { action: REOPEN, from: [CLOSED], to: PUBLISHED, by: ['poster'], when: both(isNotFilled, isPublic) },
    { action: REOPEN, from: [CLOSED], to: PRIVATE_OUTREACH, by: ['poster'], when: both(isNotFilled, isPrivate) },
    { action: REOPEN, from: [REJECTED, ARCHIVED], to: DRAFT, by: ['poster'], when: isNotFilled },
    { action: ARCHIVE, from: archivable, to: ARCHIVED, by: ['poster'] },
  ],
};

function isPast({ closesAt }: JobSubject, now: Date): boolean {
  return closesAt !== null && closesAt <= now;
}

function both(first: Guard<JobSubject>, second: Guard<JobSubject>): Guard<JobSubject> {
  return {
    description: `${first.description} and ${second.description}`,
    holds: (job, now) => first.holds(job, now) && second.holds(job, now),
  };
}
