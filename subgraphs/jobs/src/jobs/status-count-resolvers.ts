import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Ctx, Query, Resolver } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { ProposalStatus } from '../proposals/proposal-model.js';
import { JobStatus } from './job-model.js';
import { JobCount, ProposalCount } from './status-count-model.js';

@Resolver()
export class StatusCountResolver {
  @Authorize('user')
  @Query(() => [JobCount], {
    description:
      'The number of jobs that the caller posted, for each status in the order of `JobStatus`. UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for a machine client.',
  })
  async myJobCounts(@Ctx() { caller, store }: JobsContext): Promise<JobCount[]> {
    return withZeros(Object.values(JobStatus), await store.jobs.countByStatus(requireUser(caller).id));
  }

  @Authorize('user')
  @Query(() => [ProposalCount], {
    description:
      'The number of proposals of the caller, for each status in the order of `ProposalStatus`. UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for a machine client.',
  })
  async myProposalCounts(@Ctx() { caller, store }: JobsContext): Promise<ProposalCount[]> {
    return withZeros(Object.values(ProposalStatus), await store.proposals.countByStatus(requireUser(caller).id));
  }
}

function withZeros<Status extends string>(
  statuses: readonly Status[],
  counted: readonly { status: Status; count: number }[],
): { status: Status; count: number }[] {
  const counts = new Map(counted.map(({ status, count }) => [status, count]));
  return statuses.map((status) => ({ status, count: counts.get(status) ?? 0 }));
}
