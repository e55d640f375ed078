import type { JobsContext } from '../context.js';
import { type ReviewCount, ReviewKind, type ReviewSummary } from './review-model.js';
import { reviewStates } from './review-rules.js';

/** Counts the profiles, jobs and assets in each status. */
export async function loadReviewSummary(store: JobsContext['store']): Promise<ReviewSummary> {
  const [profiles, jobs, assets] = await Promise.all([
    countByStatus(store, ReviewKind.PROFILE),
    countByStatus(store, ReviewKind.JOB),
    countByStatus(store, ReviewKind.ASSET),
  ]);
  return { profiles, jobs, assets };
}

/** Includes the statuses that nothing is in, with the count 0. */
async function countByStatus({ reviews }: JobsContext['store'], kind: ReviewKind): Promise<ReviewCount[]> {
  const counted = new Map((await reviews.countByStatus(kind)).map(({ status, count }) => [status, count]));
  return reviewStates[kind].statuses.map((status) => ({ status, count: counted.get(status) ?? 0 }));
}
