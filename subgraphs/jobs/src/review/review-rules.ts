import { badInput } from '@marquee/chassis/errors/errors';
import { JobStatus } from '../jobs/job-model.js';
import { AssetReview } from '../portfolio/portfolio-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import type { ReviewQueueArgs } from './review-inputs.js';
import type { ReviewKind } from './review-model.js';

/** The statuses of a kind of item, and those in which it waits for a reviewer. */
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

/** The argument for the statuses of each kind. */
const typedArguments = { PROFILE: 'profileStatuses', JOB: 'jobStatuses', ASSET: 'assetReviews' } as const;

/**
 * Returns the statuses to list: those in the argument of the kind or, by default, those in which an item waits for a
 * reviewer.
 * @throws BAD_USER_INPUT for the argument of another kind, and with each status that this kind does not have
 */
export function parseReviewStatuses({ kind, ...args }: ReviewQueueArgs): string[] {
  const typed = typedArguments[kind];
  const misplaced = Object.values(typedArguments).filter((name) => name !== typed && args[name]?.length);
  if (misplaced.length > 0)
    throw badInput(...misplaced.map((path) => ({ path, message: `is not for the kind ${kind}: use ${typed}` })));
  const requested: readonly string[] = args[typed] ?? [];
  return requested.length > 0 ? [...new Set(requested)] : parseStatusTexts(kind, args.statuses);
}

function parseStatusTexts(kind: ReviewKind, requested: readonly string[] | null | undefined): string[] {
  const { statuses, waiting } = reviewStates[kind];
  if (!requested?.length) return [...waiting];
  const unknown = [...new Set(requested)].filter((status) => !statuses.includes(status));
  if (unknown.length === 0) return [...new Set(requested)];
  const known = statuses.join(', ');
  throw badInput(
    ...unknown.map((status) => ({
      path: 'statuses',
      message: `"${status.slice(0, 100)}" is not a status of ${kind}: valid are ${known}`,
    })),
  );
}
