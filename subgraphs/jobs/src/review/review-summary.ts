import type { Bus } from '@marquee/chassis/bus/bus';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type ShortLived, shortLived } from '@marquee/chassis/caching/short-lived';
import type { JobsContext } from '../context.js';
import { type ReviewCount, ReviewKind, type ReviewSummary } from './review-model.js';
import { topics } from '../topics.js';
import { reviewStates } from './review-rules.js';

/** Milliseconds for which all moderators share a summary. It ends earlier when the bus reports a change. */
const summaryLifetimeMs = 1_000;

/** The summary for queries: counted once for all moderators. */
export async function sharedReviewSummary({ store, bus }: JobsContext): Promise<ReviewSummary> {
  return (await summaries(store, bus).get()).value;
}

const summariesByStore = new WeakMap<JobsContext['store'], ShortLived<ReviewSummary>>();

function summaries(store: JobsContext['store'], bus: Bus): ShortLived<ReviewSummary> {
  return getOrCreate<JobsContext['store'], ShortLived<ReviewSummary>>(summariesByStore, store, () => {
    const shared = shortLived(() => loadReviewSummary(store), summaryLifetimeMs);
    void clearOnChange(shared, bus);
    return shared;
  });
}

/** Ends when the bus closes. */
async function clearOnChange(shared: ShortLived<ReviewSummary>, bus: Bus): Promise<void> {
  const changes = bus.subscribe(topics.reviewQueueChanged, new AbortController().signal, { catchUp: true });
  for await (const _ of changes) shared.clear();
}

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
