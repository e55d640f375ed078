import { Authorize } from '@marquee/chassis/graphql/authorize';
import { GraphQLEmailAddress } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { ForStaff } from '../access.js';
import type { FreelancerProfile } from './profile-model.js';

/** A view of the profile's row for staff. */
@ObjectType({
  description: 'The part of a freelancer profile that is not public. For hiring users, reviewers and admins only.',
})
export class FreelancerInternals {
  @ForStaff
  @Field(() => GraphQLEmailAddress, {
    nullable: true,
    description: 'Contact address of the freelancer. Null if not given.',
  })
  email!: string | null;

  @ForStaff
  @Field(() => Boolean, { description: 'Whether an agent represents the freelancer.' })
  hasAgent!: boolean;

  @ForStaff
  @Field(() => String, {
    nullable: true,
    description: 'How to reach the agent, up to 500 characters. Null if not given.',
  })
  agentDetails!: string | null;

  @ForStaff
  @Field(() => String, {
    nullable: true,
    description: 'Current employment, up to 500 characters. Null if not given.',
  })
  employerDetails!: string | null;

  @ForStaff
  @Field(() => Date, {
    nullable: true,
    description:
      'When a reviewer last approved, rejected or requested changes (UTC). Null if the profile was never reviewed.',
  })
  lastReviewedAt!: Date | null;

  readonly profile!: FreelancerProfile;
}

/** A view of the profile's row for its owner. */
@ObjectType({
  description: 'The part of a freelancer profile that is not public, for its owner only.',
})
export class FreelancerOwnDetails {
  @Authorize('user')
  @Field(() => GraphQLEmailAddress, {
    nullable: true,
    description: 'Contact address, shown to hiring users, reviewers and admins only. Null if not given.',
  })
  email!: string | null;

  @Authorize('user')
  @Field(() => Boolean, {
    description: 'Whether an agent represents the freelancer. Shown to hiring users, reviewers and admins only.',
  })
  hasAgent!: boolean;

  @Authorize('user')
  @Field(() => String, {
    nullable: true,
    description:
      'How to reach the agent, up to 500 characters. Shown to hiring users, reviewers and admins only. Null if not given.',
  })
  agentDetails!: string | null;

  @Authorize('user')
  @Field(() => String, {
    nullable: true,
    description:
      'Current employment, up to 500 characters. Shown to hiring users, reviewers and admins only. Null if not given.',
  })
  employerDetails!: string | null;

  @Authorize('user')
  @Field(() => String, {
    nullable: true,
    description:
      'Note to the owner from the last action of a reviewer or admin. Null if the action had no note, and after the next SUBMIT.',
  })
  reviewMessage!: string | null;
}
