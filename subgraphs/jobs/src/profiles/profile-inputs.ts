import { GraphQLEmailAddress, GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FreelancerProfile } from './profile-model.js';
import { ProfileAction } from './profile-status.js';

@InputType()
export class WebsiteLinkInput {
  @Field(() => String, { description: '1 to 50 characters.' })
  label!: string;

  @Field(() => GraphQLURL, { description: 'http or https.' })
  url!: URL;
}

@InputType({
  description:
    'The first save makes the profile, a DRAFT. What is left out stays; null clears it where it may be clear.',
})
export class SaveFreelancerProfileInput {
  @Field(() => String, { nullable: true, description: '1 to 100 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 50 characters.' })
  pronouns?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 300 characters.' })
  summary?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 5000 characters.' })
  statement?: string | null;

  @Field(() => [WebsiteLinkInput], { nullable: true, description: 'Up to 10, in the order to show.' })
  websiteLinks?: WebsiteLinkInput[] | null;

  @Field(() => [String], { nullable: true, description: 'Up to 10 of up to 100 characters.' })
  currentLocations?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Up to 20 of up to 100 characters.' })
  pastLocations?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 10 terms of the category AUDIENCE.' })
  audienceIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 15 terms of the category STYLE.' })
  styleIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the category GENRE.' })
  genreIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 30 terms of the category IMAGE_TAG.' })
  imageTagIds?: string[] | null;

  @Field(() => Boolean, { nullable: true })
  usesAi?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Up to 1000 characters.' })
  aiDetails?: string | null;

  @Field(() => [String], { nullable: true, description: 'Up to 20 of up to 200 characters.' })
  booksExcitedAbout?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  rateInfo?: string | null;

  @Field(() => ID, { nullable: true, description: 'Media that you uploaded with the purpose AVATAR.' })
  avatarId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Media that you uploaded with the purpose PORTFOLIO.' })
  resumeId?: string | null;

  @Field(() => GraphQLEmailAddress, { nullable: true, description: 'For hiring users and reviewers alone.' })
  email?: string | null;

  @Field(() => Boolean, { nullable: true })
  hasAgent?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  agentDetails?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  employerDetails?: string | null;
}

@ObjectType()
export class SaveFreelancerProfilePayload {
  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}

@InputType()
export class ActOnFreelancerProfileInput {
  @Field(() => ID)
  profileId!: string;

  @Field(() => ProfileAction)
  action!: ProfileAction;

  @Field(() => String, { nullable: true, description: 'Up to 2000 characters. A moderator says it to the owner.' })
  note?: string | null;
}

@ObjectType()
export class ActOnFreelancerProfilePayload {
  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}

@InputType()
export class SetFavoriteInput {
  @Field(() => ID)
  profileId!: string;

  @Field(() => Boolean)
  favorite!: boolean;
}

@ObjectType()
export class SetFavoritePayload {
  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}

@InputType()
export class SetFeaturedInput {
  @Field(() => ID)
  profileId!: string;

  @Field(() => Boolean)
  featured!: boolean;
}

@ObjectType()
export class SetFeaturedPayload {
  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}
