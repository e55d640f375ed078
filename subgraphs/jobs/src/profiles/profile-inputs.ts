import { GraphQLEmailAddress, GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FreelancerProfile } from './profile-model.js';
import { ProfileAction } from './profile-status.js';

@InputType({ description: 'A link from a freelancer profile to a website.' })
export class WebsiteLinkInput {
  @Field(() => String, { description: 'Text of the link, 1 to 50 characters.' })
  label!: string;

  @Field(() => GraphQLURL, { description: 'Address of the website, http or https, up to 2000 characters.' })
  url!: URL;
}

@InputType({
  description:
    'Changes to the profile of the caller. Omitted fields keep their value; null or blank text clears a field, and null ' +
    'empties a list. A profile that is SUBMITTED, UNDER_REVIEW or APPROVED must keep everything that SUBMIT requires.',
})
export class SaveFreelancerProfileInput {
  @Field(() => String, {
    nullable: true,
    description: 'Professional name, 1 to 100 characters. Cannot be cleared. The first name also determines the slug.',
  })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Pronouns, up to 50 characters.' })
  pronouns?: string | null;

  @Field(() => String, { nullable: true, description: 'Short summary for lists, up to 300 characters.' })
  summary?: string | null;

  @Field(() => String, { nullable: true, description: 'Artistic statement, plain text, up to 5000 characters.' })
  statement?: string | null;

  @Field(() => [WebsiteLinkInput], { nullable: true, description: 'Up to 10 links, in the order to show them.' })
  websiteLinks?: WebsiteLinkInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Current places of living and working: up to 10, each up to 100 characters.',
  })
  currentLocations?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Former places of living and working: up to 20, each up to 100 characters.',
  })
  pastLocations?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 10 ids of terms of the category AUDIENCE.' })
  audienceIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 15 ids of terms of the category STYLE.' })
  styleIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 ids of terms of the category GENRE.' })
  genreIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 30 ids of terms of the category IMAGE_TAG.' })
  imageTagIds?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the freelancer uses generative AI. Cannot be cleared; false by default.',
  })
  usesAi?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the freelancer uses generative AI, up to 1000 characters.',
  })
  aiDetails?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Books that the freelancer is excited about: up to 20, each up to 200 characters.',
  })
  booksExcitedAbout?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Rates as free text, up to 500 characters.' })
  rateInfo?: string | null;

  @Field(() => ID, { nullable: true, description: 'Media that the caller uploaded with the purpose AVATAR.' })
  avatarId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Media that the caller uploaded with the purpose PORTFOLIO.' })
  resumeId?: string | null;

  @Field(() => GraphQLEmailAddress, {
    nullable: true,
    description: 'Contact address, up to 254 characters. Shown to hiring users, reviewers and admins only.',
  })
  email?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether an agent represents the freelancer. Cannot be cleared; false by default. Shown to hiring users, reviewers ' +
      'and admins only.',
  })
  hasAgent?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'How to reach the agent, up to 500 characters. Shown to hiring users, reviewers and admins only.',
  })
  agentDetails?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Current employment, up to 500 characters. Shown to hiring users, reviewers and admins only.',
  })
  employerDetails?: string | null;
}

@ObjectType({ description: 'Result of `saveFreelancerProfile`.' })
export class SaveFreelancerProfilePayload {
  @Field(() => FreelancerProfile, { description: 'The profile after the change.' })
  profile!: FreelancerProfile;
}

@InputType({ description: 'An action on a freelancer profile.' })
export class ActOnFreelancerProfileInput {
  @Field(() => ID, { description: 'Profile to act on.' })
  profileId!: string;

  @Field(() => ProfileAction, { description: 'One of the `validActions` of the profile for the caller.' })
  action!: ProfileAction;

  @Field(() => String, {
    nullable: true,
    description:
      'Up to 2000 characters. Recorded in the SYSTEM note about the action; the note of a reviewer or admin, except with ' +
      'CLAIM, is also shown to the owner as `ownDetails.reviewMessage`.',
  })
  note?: string | null;
}

@ObjectType({ description: 'Result of `actOnFreelancerProfile`.' })
export class ActOnFreelancerProfilePayload {
  @Field(() => FreelancerProfile, { description: 'The profile after the action.' })
  profile!: FreelancerProfile;
}

@InputType({ description: 'Whether a profile is a favourite of the caller.' })
export class SetFavoriteInput {
  @Field(() => ID, { description: 'Profile to mark, which the caller can see.' })
  profileId!: string;

  @Field(() => Boolean, { description: 'True to add the profile to the favourites of the caller, false to remove it.' })
  favorite!: boolean;
}

@ObjectType({ description: 'Result of `setFavorite`.' })
export class SetFavoritePayload {
  @Field(() => FreelancerProfile, { description: 'The profile with the new `isFavorite`.' })
  profile!: FreelancerProfile;
}

@InputType({ description: 'Whether a profile is recommended.' })
export class SetFeaturedInput {
  @Field(() => ID, { description: 'Profile to recommend.' })
  profileId!: string;

  @Field(() => Boolean, { description: 'True to recommend the profile, false to stop recommending it.' })
  featured!: boolean;
}

@ObjectType({ description: 'Result of `setFeatured`.' })
export class SetFeaturedPayload {
  @Field(() => FreelancerProfile, { description: 'The profile with the new `featured`.' })
  profile!: FreelancerProfile;
}
