import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Proposal } from './proposal-model.js';

@InputType({ description: 'Makes the draft of a proposal, or changes it. A withdrawn one becomes a draft again.' })
export class SaveProposalInput {
  @Field(() => ID)
  jobId!: string;

  @Field(() => String, { description: '1 to 5000 characters.' })
  pitch!: string;

  @Field(() => String, { nullable: true, description: 'Up to 200 characters.' })
  quote?: string | null;

  @Field(() => Int, { nullable: true, description: '1 to 3650.' })
  estimatedDays?: number | null;
}

@ObjectType()
export class SaveProposalPayload {
  @Field(() => Proposal)
  proposal!: Proposal;
}

@InputType()
export class SubmitProposalInput {
  @Field(() => ID)
  proposalId!: string;
}

@ObjectType()
export class SubmitProposalPayload {
  @Field(() => Proposal)
  proposal!: Proposal;
}

@InputType()
export class WithdrawProposalInput {
  @Field(() => ID)
  proposalId!: string;
}

@ObjectType()
export class WithdrawProposalPayload {
  @Field(() => Proposal)
  proposal!: Proposal;
}

@InputType()
export class ShortlistProposalInput {
  @Field(() => ID)
  proposalId!: string;
}

@ObjectType()
export class ShortlistProposalPayload {
  @Field(() => Proposal)
  proposal!: Proposal;
}

@InputType()
export class DeclineProposalInput {
  @Field(() => ID)
  proposalId!: string;
}

@ObjectType()
export class DeclineProposalPayload {
  @Field(() => Proposal)
  proposal!: Proposal;
}

@InputType()
export class AcceptProposalInput {
  @Field(() => ID)
  proposalId!: string;
}

@ObjectType()
export class AcceptProposalPayload {
  @Field(() => Proposal)
  proposal!: Proposal;
}
