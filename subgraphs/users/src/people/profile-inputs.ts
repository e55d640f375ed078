import { GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { User } from './user-model.js';

@InputType()
export class ProfileLinkInput {
  @Field(() => String, { description: '1 to 50 characters.' })
  label!: string;

  @Field(() => GraphQLURL, { description: 'http or https.' })
  url!: URL;
}

@InputType({ description: 'A field that is left out stays as it is; null clears it where a profile may lack it.' })
export class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: 'Lower-case letters, digits and underscores, 3 to 30 of them.' })
  handle?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 100 characters.' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  bio?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 50 characters.' })
  pronouns?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 100 characters.' })
  location?: string | null;

  @Field(() => [ProfileLinkInput], { nullable: true, description: 'Up to 10, in the order to show.' })
  links?: ProfileLinkInput[] | null;

  @Field(() => ID, { nullable: true, description: 'A picture of your own that was uploaded as AVATAR.' })
  avatarId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A picture of your own that was uploaded as COVER.' })
  coverId?: string | null;
}

@ObjectType()
export class UpdateProfilePayload {
  @Field(() => User)
  user!: User;
}

@InputType()
export class DeleteMyAccountInput {
  @Field(() => String, {
    nullable: true,
    description: 'When given, nothing is deleted unless it is your own handle: a guard against the wrong session.',
  })
  confirmHandle?: string | null;
}

@ObjectType()
export class DeleteMyAccountPayload {
  @Field(() => User, { description: 'What is left of the account.' })
  user!: User;
}
