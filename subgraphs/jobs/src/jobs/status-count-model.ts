import { Field, Int, ObjectType } from 'type-graphql';
import { ProposalStatus } from '../proposals/proposal-model.js';
import { JobStatus } from './job-model.js';

@ObjectType({ description: "The number of the caller's jobs in one status." })
export class JobCount {
  @Field(() => JobStatus, { description: 'The status. An open job is CLOSED once `closesAt` has passed.' })
  status!: JobStatus;

  @Field(() => Int, { description: 'Number of jobs in this status, 0 or more.' })
  count!: number;
}

@ObjectType({ description: "The number of the caller's proposals in one status." })
export class ProposalCount {
  @Field(() => ProposalStatus, { description: 'The status.' })
  status!: ProposalStatus;

  @Field(() => Int, { description: 'Number of proposals in this status, 0 or more.' })
  count!: number;
}
