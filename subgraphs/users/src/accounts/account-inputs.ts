import type { Role } from '@marquee/chassis/identity/caller';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RoleEnum, User } from '../people/user-model.js';

@InputType({ description: 'The role to assign.' })
export class SetUserRoleInput {
  @Field(() => ID, { description: 'The id of the user.' })
  userId!: string;

  @Field(() => RoleEnum, { description: 'The new role.' })
  role!: Role;
}

@InputType({ description: 'Whether an account is active.' })
export class SetUserActiveInput {
  @Field(() => ID, { description: 'The id of the user.' })
  userId!: string;

  @Field(() => Boolean, { description: 'False deactivates the account, true activates it again.' })
  isActive!: boolean;
}

@InputType({ description: 'Whether the identity of a user is verified.' })
export class SetUserVerifiedInput {
  @Field(() => ID, { description: 'The id of the user.' })
  userId!: string;

  @Field(() => Boolean, { description: 'The new value of `User.verified`.' })
  verified!: boolean;
}

@InputType({ description: 'The deletion of the own account.' })
export class DeleteMyAccountInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Optional protection against the wrong session: if given, it must be the caller's own handle, or nothing is deleted.",
  })
  confirmHandle?: string | null;
}

@ObjectType({ description: 'The result of `setUserRole`.' })
export class SetUserRolePayload {
  @Field(() => User, { description: 'The user with the new role.' })
  user!: User;
}

@ObjectType({ description: 'The result of `setUserActive`.' })
export class SetUserActivePayload {
  @Field(() => User, { description: 'The user after the change.' })
  user!: User;
}

@ObjectType({ description: 'The result of `setUserVerified`.' })
export class SetUserVerifiedPayload {
  @Field(() => User, { description: 'The user after the change.' })
  user!: User;
}

@ObjectType({ description: 'The result of `deleteMyAccount`.' })
export class DeleteMyAccountPayload {
  @Field(() => User, { description: 'What remains of the account: a deleted user without personal data.' })
  user!: User;
}
