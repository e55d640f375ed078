/** The topics that this service publishes on the bus. A message contains only the ids of the changed rows. */
export const topics = {
  /** A job was published: `{ jobId }`. */
  jobPublished: 'jobs.job-published',
  /** A proposal was created or changed: `{ jobId, proposalId }`. */
  proposalChanged: 'jobs.proposal-changed',
  /** An item entered or left the review queue, or changed in it: `{ kind, id }`. */
  reviewQueueChanged: 'jobs.review-queue-changed',
} as const;
