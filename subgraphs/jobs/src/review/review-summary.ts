import type { JobsContext } from '../context.js';
import { type ReviewCount, ReviewKind, type ReviewSummary } from './review-model.js';
import { reviewed } from './review-rules.js';

/** Counts the profiles, jobs and assets in each status. */
export async function reviewSummary(store: JobsContext['store']): Promise<ReviewSummary> {
  const [profiles, jobs, assets] = await Promise.all([
    counts(store, ReviewKind.PROFILE),
    counts(store, ReviewKind.JOB),
    counts(store, ReviewKind.ASSET),
  ]);
  return { profiles, jobs, assets };
}

/** Includes the statuses that nothing is in, with the count 0. */
async function counts({ reviews }: JobsContext['store'], kind: ReviewKind): Promise<ReviewCount[]> {
  const counted = new Map((await reviews.counts(kind)).map(({ status, count }) => [status, count]));
  return reviewed[kind].statuses.map((status) => ({ status, count: counted.get(status) ?? 0 }));
}
