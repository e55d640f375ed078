import type { Role } from '@marquee/chassis/identity/caller';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { RoleEnum } from '../people/user-model.js';

@Directive('@inaccessible')
@ObjectType({ description: 'Who the subject of a token is to the graph.' })
export class Principal {
  @Field(() => ID)
  id!: string;

  @Field(() => RoleEnum)
  role!: Role;

  @Field(() => Boolean)
  isActive!: boolean;
}
