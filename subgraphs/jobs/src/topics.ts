/** What this service tells on the bus. A message holds the keys of what changed; `jobId` and the like. */
export const topics = {
  /** A job became public: `{ jobId }`. */
  jobPublished: 'jobs.job-published',
  /** A proposal came or changed: `{ jobId, proposalId }`. */
  proposalChanged: 'jobs.proposal-changed',
  /** Something entered or left the review queue: `{ kind, id }`. */
  reviewQueueChanged: 'jobs.review-queue-changed',
} as const;
