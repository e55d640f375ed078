import { Directive, Field, ID, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A person; this service knows what they offer and post here.' })
export class User {
  @Field(() => ID)
  id!: string;
}
