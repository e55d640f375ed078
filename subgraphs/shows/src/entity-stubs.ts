import { Directive, Field, ID, ObjectType } from 'type-graphql';

// Entities that other subgraphs own. This subgraph references them by key; their descriptions come from the owning
// subgraph.

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}
