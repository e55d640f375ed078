import { GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { User } from './user-model.js';

@InputType({ description: 'A link on the profile.' })
export class ProfileLinkInput {
  @Field(() => String, { description: 'The text of the link: 1 to 50 characters.' })
  label!: string;

  @Field(() => GraphQLURL, { description: 'The address, http or https, up to 2000 characters.' })
  url!: URL;
}

@InputType({
  description:
    'The values of the profile to change. Omitted fields keep their value; null removes a value, except for `handle` and ' +
    '`displayName`, which cannot be removed.',
})
export class UpdateProfileInput {
  @Field(() => String, {
    nullable: true,
    description: 'The unique public name: 3 to 30 lower-case letters, digits or underscores. Some names are reserved.',
  })
  handle?: string | null;

  @Field(() => String, { nullable: true, description: 'The name to show: 1 to 100 characters.' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'A self-description: up to 500 characters.' })
  bio?: string | null;

  @Field(() => String, { nullable: true, description: 'For example `she/her`: up to 50 characters.' })
  pronouns?: string | null;

  @Field(() => String, { nullable: true, description: 'Where the user lives or works: up to 100 characters.' })
  location?: string | null;

  @Field(() => [ProfileLinkInput], {
    nullable: true,
    description: 'Up to 10 links, in the order to show them. Replaces all existing links; null removes them.',
  })
  links?: ProfileLinkInput[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The id of a picture that the caller uploaded with the purpose AVATAR. One that is still in processing replaces the ' +
      'previous one once it is READY: see `Account.pendingAvatar`.',
  })
  avatarId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The id of a picture that the caller uploaded with the purpose COVER. One that is still in processing replaces the ' +
      'previous one once it is READY: see `Account.pendingCover`.',
  })
  coverId?: string | null;
}

@ObjectType({ description: 'The result of `updateProfile`.' })
export class UpdateProfilePayload {
  @Field(() => User, { description: 'The caller with the new profile.' })
  user!: User;
}
