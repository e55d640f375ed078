import type { Role } from '@marquee/chassis/identity/caller';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { RoleEnum } from '../people/user-model.js';

@Directive('@inaccessible')
@ObjectType({ description: 'The user that the subject of a token refers to.' })
export class Principal {
  @Field(() => ID, { description: 'The id of the user.' })
  id!: string;

  @Field(() => RoleEnum, { description: 'The stored role of the user.' })
  role!: Role;

  @Field(() => Boolean, { description: 'Whether the account is active.' })
  isActive!: boolean;
}
