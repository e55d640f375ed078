import { For } from '@marquee/chassis/graphql/rights';
import { GraphQLEmailAddress } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { ForHouse } from '../access.js';
import type { FreelancerProfile } from './profile-model.js';

/** The same row, seen by those whose work it is to judge or to hire. */
@ObjectType({ description: 'What hiring users, reviewers and admins see of a profile beside what is public.' })
export class FreelancerInternals {
  @ForHouse
  @Field(() => GraphQLEmailAddress, { nullable: true })
  email!: string | null;

  @ForHouse
  @Field(() => Boolean)
  hasAgent!: boolean;

  @ForHouse
  @Field(() => String, { nullable: true })
  agentDetails!: string | null;

  @ForHouse
  @Field(() => String, { nullable: true })
  employerDetails!: string | null;

  @ForHouse
  @Field(() => Date, { nullable: true })
  lastReviewedAt!: Date | null;

  readonly profile!: FreelancerProfile;
}

@ObjectType({
  description: 'What the owner of a profile wrote for the eyes of the house, and what the house answered.',
})
export class FreelancerOwnDetails {
  @For('user')
  @Field(() => GraphQLEmailAddress, { nullable: true })
  email!: string | null;

  @For('user')
  @Field(() => Boolean)
  hasAgent!: boolean;

  @For('user')
  @Field(() => String, { nullable: true })
  agentDetails!: string | null;

  @For('user')
  @Field(() => String, { nullable: true })
  employerDetails!: string | null;

  @For('user')
  @Field(() => String, { nullable: true, description: 'What the moderator said with the last decision.' })
  reviewMessage!: string | null;
}
