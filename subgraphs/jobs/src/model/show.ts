import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A show; this service knows the jobs for it. What it is, the service says that keeps it. */
@Directive('@key(fields: "slug")')
@ObjectType()
export class Show {
  @Field(() => ID)
  slug!: string;
}
