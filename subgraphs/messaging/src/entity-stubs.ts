import { Directive, Field, ID, ObjectType } from 'type-graphql';

// Entities that other subgraphs own. This subgraph references them by key and adds fields to some of them; their
// descriptions come from the owning subgraph.

@Directive('@key(fields: "id")')
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Job {
  @Field(() => ID)
  id!: string;
}
