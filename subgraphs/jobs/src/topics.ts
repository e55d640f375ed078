import type { Bus } from '@marquee/chassis/bus/bus';
import { publishChange } from '@marquee/chassis/bus/change-log';

/** The topics that this service publishes on the bus. A message contains only the ids of the changed rows. */
export const topics = {
  /** An item entered or left the review queue, or changed in it: `{ kind, id }`. */
  reviewQueueChanged: 'jobs.review-queue-changed',
  /** A term was added or changed: `{ id }`. */
  taxonomyChanged: 'jobs.taxonomy-changed',
} as const;

/** The stream of the jobs that become PUBLISHED, in the change log. Subjects: their ids. */
export const publishedJobStream = 'published jobs';

/** The stream of all changes of the proposals of a job, without drafts, in the change log. Subjects: their ids. */
export function proposalStream(jobId: string): string {
  return `proposals of ${jobId}`;
}

/** The stream of the changes of the proposals that one user has made for a job, drafts included. */
export function ownProposalStream(jobId: string, userId: string): string {
  return `${proposalStream(jobId)} by ${userId}`;
}

/** The subscribers of both streams of proposals are notified by that of the job. */
export function notifyingStream(stream: string): string {
  return stream.split(' by ', 1)[0] ?? stream;
}

/** Notifies the subscribers of the proposals of a job. */
export function publishProposals(bus: Bus, jobId: string): void {
  publishChange(bus, proposalStream(jobId));
}
