import { Directive, Field, ID, ObjectType } from 'type-graphql';

// Entities that other subgraphs own. This subgraph references them by key and adds fields to some of them; their
// descriptions come from the owning subgraph.

@Directive('@key(fields: "id")')
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "slug")')
@ObjectType()
export class Show {
  @Field(() => ID)
  slug!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Media {
  @Field(() => ID)
  id!: string;
}
