import { GraphQLEmailAddress } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import type { FreelancerProfile } from './freelancer-profile.js';

/** The same row, seen by those whose work it is to judge or to hire. */
@ObjectType({ description: 'What hiring users, reviewers and admins see of a profile beside what is public.' })
export class FreelancerInternals {
  @Field(() => GraphQLEmailAddress, { nullable: true })
  email!: string | null;

  @Field(() => Boolean)
  hasAgent!: boolean;

  @Field(() => String, { nullable: true })
  agentDetails!: string | null;

  @Field(() => String, { nullable: true })
  employerDetails!: string | null;

  @Field(() => Date, { nullable: true })
  lastReviewedAt!: Date | null;

  readonly profile!: FreelancerProfile;
}

@ObjectType({
  description: 'What the owner of a profile wrote for the eyes of the house, and what the house answered.',
})
export class FreelancerOwnDetails {
  @Field(() => GraphQLEmailAddress, { nullable: true })
  email!: string | null;

  @Field(() => Boolean)
  hasAgent!: boolean;

  @Field(() => String, { nullable: true })
  agentDetails!: string | null;

  @Field(() => String, { nullable: true })
  employerDetails!: string | null;

  @Field(() => String, { nullable: true, description: 'What the moderator said with the last decision.' })
  reviewMessage!: string | null;
}
