import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Proposal } from './proposal-model.js';

@InputType({
  description:
    'The proposal of the caller for a job. It replaces the content of an earlier one: omitted optional fields are cleared.',
})
export class SaveProposalInput {
  @Field(() => ID, { description: 'Job that the proposal is for.' })
  jobId!: string;

  @Field(() => String, { description: 'Plain text, 1 to 5000 characters.' })
  pitch!: string;

  @Field(() => String, { nullable: true, description: 'Price as free text, up to 200 characters.' })
  quote?: string | null;

  @Field(() => Int, { nullable: true, description: 'Estimated working time in days, 1 to 3650.' })
  estimatedDays?: number | null;
}

@ObjectType({ description: 'Result of `saveProposal`.' })
export class SaveProposalPayload {
  @Field(() => Proposal, { description: 'The proposal, a DRAFT.' })
  proposal!: Proposal;
}

@InputType({ description: 'The proposal to submit.' })
export class SubmitProposalInput {
  @Field(() => ID, { description: 'Proposal to submit, of the caller.' })
  proposalId!: string;
}

@ObjectType({ description: 'Result of `submitProposal`.' })
export class SubmitProposalPayload {
  @Field(() => Proposal, { description: 'The proposal, now SUBMITTED.' })
  proposal!: Proposal;
}

@InputType({ description: 'The proposal to withdraw.' })
export class WithdrawProposalInput {
  @Field(() => ID, { description: 'Proposal to withdraw, of the caller.' })
  proposalId!: string;
}

@ObjectType({ description: 'Result of `withdrawProposal`.' })
export class WithdrawProposalPayload {
  @Field(() => Proposal, { description: 'The proposal, now WITHDRAWN.' })
  proposal!: Proposal;
}

@InputType({ description: 'The proposal to shortlist.' })
export class ShortlistProposalInput {
  @Field(() => ID, { description: 'Proposal to shortlist, for a job of the caller.' })
  proposalId!: string;
}

@ObjectType({ description: 'Result of `shortlistProposal`.' })
export class ShortlistProposalPayload {
  @Field(() => Proposal, { description: 'The proposal, now SHORTLISTED.' })
  proposal!: Proposal;
}

@InputType({ description: 'The proposal to decline.' })
export class DeclineProposalInput {
  @Field(() => ID, { description: 'Proposal to decline, for a job of the caller.' })
  proposalId!: string;
}

@ObjectType({ description: 'Result of `declineProposal`.' })
export class DeclineProposalPayload {
  @Field(() => Proposal, { description: 'The proposal, now DECLINED.' })
  proposal!: Proposal;
}

@InputType({ description: 'The proposal to accept.' })
export class AcceptProposalInput {
  @Field(() => ID, { description: 'Proposal to accept, for a job of the caller.' })
  proposalId!: string;
}

@ObjectType({ description: 'Result of `acceptProposal`.' })
export class AcceptProposalPayload {
  @Field(() => Proposal, { description: 'The proposal, now ACCEPTED.' })
  proposal!: Proposal;
}
