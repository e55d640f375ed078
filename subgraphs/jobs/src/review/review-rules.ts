import { badInput } from '@marquee/chassis/errors/errors';
import { JobStatus } from '../jobs/job-model.js';
import { AssetReview } from '../portfolio/portfolio-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import type { ReviewKind } from './review-model.js';

/** The states that something of a kind can be in, and those in which it waits for a reviewer. */
interface ReviewStates {
  statuses: readonly string[];
  waiting: readonly string[];
}

export const reviewStates: Readonly<Record<ReviewKind, ReviewStates>> = {
  PROFILE: {
    statuses: Object.values(ProfileStatus),
    waiting: [ProfileStatus.SUBMITTED, ProfileStatus.UNDER_REVIEW],
  },
  JOB: { statuses: Object.values(JobStatus), waiting: [JobStatus.QUEUED_FOR_REVIEW] },
  ASSET: { statuses: Object.values(AssetReview), waiting: [AssetReview.PENDING] },
};

/**
 * The states to look for: those that are named, or those that wait for a reviewer.
 * @throws BAD_USER_INPUT naming each that this kind does not have
 */
export function parseReviewStatuses(kind: ReviewKind, named: readonly string[] | null | undefined): string[] {
  const { statuses, waiting } = reviewStates[kind];
  if (!named?.length) return [...waiting];
  const unknown = [...new Set(named)].filter((status) => !statuses.includes(status));
  if (unknown.length === 0) return [...new Set(named)];
  const known = statuses.join(', ');
  throw badInput(
    ...unknown.map((status) => ({
      path: 'statuses',
      message: `"${status.slice(0, 100)}" is no status of ${kind}: there are ${known}`,
    })),
  );
}
