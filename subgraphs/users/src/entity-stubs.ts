import { Directive, Field, ID, ObjectType } from 'type-graphql';

// Entities that other subgraphs own. This subgraph references them by key; their descriptions come from the owning
// subgraph.

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Job {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Proposal {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class FreelancerProfile {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Conversation {
  @Field(() => ID)
  id!: string;
}
