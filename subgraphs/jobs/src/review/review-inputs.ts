import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { ArgsType, Field } from 'type-graphql';
import { JobStatus } from '../jobs/job-model.js';
import { AssetReview } from '../portfolio/portfolio-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import { ReviewKind } from './review-model.js';

@ArgsType()
export class ReviewQueueArgs extends PageArgs {
  @Field(() => ReviewKind, { description: 'Kind of item to list.' })
  kind!: ReviewKind;

  @Field(() => [ProfileStatus], {
    nullable: true,
    description: 'For the kind PROFILE: statuses to list. SUBMITTED and UNDER_REVIEW by default.',
  })
  profileStatuses?: ProfileStatus[] | null;

  @Field(() => [JobStatus], {
    nullable: true,
    description: 'For the kind JOB: statuses to list. QUEUED_FOR_REVIEW by default.',
  })
  jobStatuses?: JobStatus[] | null;

  @Field(() => [AssetReview], {
    nullable: true,
    description: 'For the kind ASSET: reviews to list. PENDING by default.',
  })
  assetReviews?: AssetReview[] | null;

  @Field(() => [String], {
    nullable: true,
    deprecationReason: 'Use profileStatuses, jobStatuses or assetReviews, which are enums.',
    description:
      'Values of `ProfileStatus`, `JobStatus` or `AssetReview`, according to `kind`. By default those that wait for a ' +
      'reviewer: SUBMITTED and UNDER_REVIEW profiles, QUEUED_FOR_REVIEW jobs, PENDING assets.',
  })
  statuses?: string[] | null;
}
