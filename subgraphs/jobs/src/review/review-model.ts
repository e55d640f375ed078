import { PageInfo } from '@marquee/chassis/paging/relay-connection';
import { createUnionType, Directive, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForModerators } from '../access.js';
import { Job } from '../jobs/job-model.js';
import { PortfolioAsset } from '../portfolio/portfolio-model.js';
import { FreelancerProfile } from '../profiles/profile-model.js';

export enum ReviewKind {
  PROFILE = 'PROFILE',
  JOB = 'JOB',
  ASSET = 'ASSET',
}
registerEnumType(ReviewKind, {
  name: 'ReviewKind',
  description: 'The kind of an item that reviewers decide on.',
  valuesConfig: {
    PROFILE: { description: 'A `FreelancerProfile`.' },
    JOB: { description: 'A `Job`.' },
    ASSET: { description: 'A `PortfolioAsset`.' },
  },
});

export const ReviewItem = createUnionType({
  name: 'ReviewItem',
  description: 'An item that reviewers decide on.',
  types: () => [FreelancerProfile, Job, PortfolioAsset] as const,
});
export type ReviewItem = FreelancerProfile | Job | PortfolioAsset;

@ObjectType({ description: 'An item in the review queue, with its cursor.' })
export class ReviewQueueEdge {
  @Field(() => String, { description: 'Opaque position of the item. Pass it as `after` to continue from here.' })
  cursor!: string;

  @Field(() => Date, {
    description: 'When the item entered the review queue (UTC). New content of an asset enters it again.',
  })
  submittedAt!: Date;

  @Field(() => ReviewItem, { description: 'The item itself.' })
  node!: ReviewItem;
}

@ObjectType({ description: 'A page of the review queue, following the Relay cursor connections specification.' })
export class ReviewQueueConnection {
  @Field(() => [ReviewQueueEdge], { description: 'The items on the page, in the order of the queue.' })
  edges!: ReviewQueueEdge[];

  @Field(() => PageInfo, { description: 'The position of the page in the queue.' })
  pageInfo!: PageInfo;
}

@Directive('@broadcast')
@ObjectType({ description: 'The number of items in one status.' })
export class ReviewCount {
  @Field(() => String, {
    description: 'A value of `ProfileStatus`, `JobStatus` or `AssetReview`, according to the kind of item.',
  })
  status!: string;

  @Field(() => Int, { description: 'Number of items in this status, 0 or more.' })
  count!: number;
}

@Directive('@broadcast')
@ForModerators
@ObjectType({
  description:
    'The number of profiles, jobs and portfolio assets in each status, including statuses with none. For reviewers and ' +
    'admins only.',
})
export class ReviewSummary {
  @Field(() => [ReviewCount], { description: 'Freelancer profiles in each `ProfileStatus`.' })
  profiles!: ReviewCount[];

  @Field(() => [ReviewCount], { description: 'Jobs in each `JobStatus`.' })
  jobs!: ReviewCount[];

  @Field(() => [ReviewCount], { description: 'Portfolio assets in each `AssetReview`, without removed ones.' })
  assets!: ReviewCount[];
}
