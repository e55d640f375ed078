import { Directive, Field, ID, ObjectType } from 'type-graphql';

@Directive('@key(fields: "slug")')
@ObjectType({ description: 'A show; this service knows the jobs for it.' })
export class Show {
  @Field(() => ID)
  slug!: string;
}
