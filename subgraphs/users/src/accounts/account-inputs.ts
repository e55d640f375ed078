import type { Role } from '@marquee/chassis/identity/caller';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RoleEnum, User } from '../people/user-model.js';

@InputType()
export class SetUserRoleInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => RoleEnum)
  role!: Role;
}

@InputType()
export class SetUserActiveInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => Boolean)
  isActive!: boolean;
}

@InputType()
export class SetUserVerifiedInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => Boolean)
  verified!: boolean;
}

@ObjectType()
export class SetUserRolePayload {
  @Field(() => User)
  user!: User;
}

@ObjectType()
export class SetUserActivePayload {
  @Field(() => User)
  user!: User;
}

@ObjectType()
export class SetUserVerifiedPayload {
  @Field(() => User)
  user!: User;
}
