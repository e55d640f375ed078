import type { Quotas } from '@marquee/chassis/quotas/postgres-quotas';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { Job, JobStatus } from '../jobs/job-model.js';
import { Proposal, ProposalDeclineReason, ProposalStatus } from './proposal-model.js';
import type { ProposalValues } from './proposal-rules.js';
import { writeAs } from '../people/person-state-store.js';
import type { JobsAction } from '../quotas.js';
import { declineOpenProposals, lockJob } from '../jobs/job-writing-store.js';

/** Returns the new status of a proposal whose job is locked, or throws if the change is not allowed. */
export type ProposalDecision<Existing extends Proposal | null> = (job: Job, proposal: Existing) => ProposalStatus;

/** Writes proposals. Each write locks the job first, so that writes to the proposals of one job run serially. */
export function proposalWritingStore(source: DataSource, quotas: Quotas<JobsAction>) {
  return { save, act };

  /**
   * Creates or updates the proposal of a freelancer for a job.
   * @returns its id, or null if there is no such job
   * @throws RATE_LIMITED if the owner has no quota for a new one
   */
  async function save(
    { jobId, profileId, ownerId }: Pick<Proposal, 'jobId' | 'profileId'> & { ownerId: string },
    values: ProposalValues,
    decide: ProposalDecision<Proposal | null>,
  ): Promise<string | null> {
    return writeAs(source, ownerId, async (manager) => {
      const job = await lockJob(manager, jobId);
      if (job === null) return null;
      const proposal = await manager.findOneBy(Proposal, { jobId, profileId });
      const status = decide(job, proposal);
      if (proposal !== null) return updateProposal(manager, proposal.id, { ...values, status });
      await quotas.take(ownerId, 'proposal', 1, manager);
      const id = v7();
      await manager.insert(Proposal, { id, jobId, profileId, status, ...values });
      return id;
    });
  }

  /** Changes the status of a proposal. Its acceptance closes the job and declines the other open proposals. */
  async function act({ id, jobId }: Proposal, decide: ProposalDecision<Proposal>): Promise<void> {
    await source.transaction(async (manager) => {
      const job = await lockJob(manager, jobId);
      const proposal = await manager.findOneBy(Proposal, { id });
      if (job === null || proposal === null) return;
      const status = decide(job, proposal);
      await updateProposal(manager, id, { status });
      if (status === ProposalStatus.ACCEPTED) await closeFilledJob(manager, job);
    });
  }
}

/** Closes a job whose proposal was accepted, and declines its other open proposals. */
async function closeFilledJob(manager: EntityManager, { id }: Job): Promise<void> {
  await manager.update(Job, { id }, { status: JobStatus.CLOSED, isFilled: true, updatedAt: new Date() });
  await declineOpenProposals(manager, [id], ProposalDeclineReason.JOB_FILLED);
}

async function updateProposal(
  manager: EntityManager,
  id: string,
  changes: Partial<Proposal> & Pick<Proposal, 'status'>,
): Promise<string> {
  const declinedBecause = changes.status === ProposalStatus.DECLINED ? ProposalDeclineReason.POSTER : null;
  await manager.update(Proposal, { id }, { ...changes, declinedBecause, updatedAt: new Date() });
  return id;
}
