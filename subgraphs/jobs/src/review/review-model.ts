import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { createUnionType, Directive, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForModerators } from '../access.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { Job } from '../jobs/job-model.js';
import { PortfolioAsset } from '../portfolio/portfolio-model.js';

export enum ReviewKind {
  PROFILE = 'PROFILE',
  JOB = 'JOB',
  ASSET = 'ASSET',
}
registerEnumType(ReviewKind, { name: 'ReviewKind', description: 'What reviewers decide about.' });

export const ReviewItem = createUnionType({
  name: 'ReviewItem',
  types: () => [FreelancerProfile, Job, PortfolioAsset] as const,
});
export type ReviewItem = FreelancerProfile | Job | PortfolioAsset;

export const ReviewQueueConnection = defineConnection<ReviewItem>('ReviewQueue', () => ReviewItem);
export type ReviewQueueConnection = Connection<ReviewItem>;

@Directive('@broadcast')
@ObjectType()
export class ReviewCount {
  @Field(() => String, { description: 'A status of profiles or jobs, or the review of an asset.' })
  status!: string;

  @Field(() => Int)
  count!: number;
}

@Directive('@broadcast')
@ForModerators
@ObjectType({ description: 'How much there is in which state; every state is named.' })
export class ReviewSummary {
  @Field(() => [ReviewCount])
  profiles!: ReviewCount[];

  @Field(() => [ReviewCount])
  jobs!: ReviewCount[];

  @Field(() => [ReviewCount])
  assets!: ReviewCount[];
}
