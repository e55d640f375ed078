import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ObjectType } from 'type-graphql';
import { Job } from './job-model.js';

@ObjectType({ description: 'An invitation of the caller to a job.' })
export class Invitation {
  @Field(() => Job, { description: 'The job. Its `myProposal` is the answer of the caller, if there is one.' })
  job!: Job;

  @Field(() => Date, { description: 'When the poster invited the caller (UTC).' })
  invitedAt!: Date;
}

export const InvitationConnection = defineConnection<Invitation>('Invitation', () => Invitation);
export type InvitationConnection = Connection<Invitation>;
