import type { DataSource, EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { Job, JobStatus } from '../jobs/job-model.js';
import { Proposal, ProposalStatus } from './proposal-model.js';
import type { ProposalValues } from './proposal-rules.js';
import { declineOpenProposals, lockJob } from '../jobs/job-writing-store.js';

/** Decides, while nobody else can change the job or its proposals, where a proposal goes; throws when nowhere. */
export type ProposalDecision<Given extends Proposal | null> = (job: Job, proposal: Given) => ProposalStatus;

/** Writes proposals. Whoever does locks the job first: what happens to the proposals of one job happens in a row. */
export function proposalWritingStore(source: DataSource) {
  return { save, act };

  /** Makes or changes the proposal of a freelancer for a job; its id. */
  async function save(
    { jobId, profileId }: Pick<Proposal, 'jobId' | 'profileId'>,
    values: ProposalValues,
    decide: ProposalDecision<Proposal | null>,
  ): Promise<string | null> {
    return source.transaction(async (manager) => {
      const job = await lockJob(manager, jobId);
      if (job === null) return null;
      const proposal = await manager.findOneBy(Proposal, { jobId, profileId });
      const status = decide(job, proposal);
      if (proposal !== null) return updateProposal(manager, proposal.id, { ...values, status });
      const id = v7();
      await manager.insert(Proposal, { id, jobId, profileId, status, ...values });
      return id;
    });
  }

  /** Leads a proposal to another state; the ids of the others that were declined by that. */
  async function act({ id, jobId }: Proposal, decide: ProposalDecision<Proposal>): Promise<string[]> {
    return source.transaction(async (manager) => {
      const job = await lockJob(manager, jobId);
      const proposal = await manager.findOneBy(Proposal, { id });
      if (job === null || proposal === null) return [];
      const status = decide(job, proposal);
      await updateProposal(manager, id, { status });
      return status === ProposalStatus.ACCEPTED ? closeFilledJob(manager, job) : [];
    });
  }
}

/** The job is settled: it closes, and everybody else hears so. */
async function closeFilledJob(manager: EntityManager, { id }: Job): Promise<string[]> {
  await manager.update(Job, { id }, { status: JobStatus.CLOSED, isFilled: true, updatedAt: new Date() });
  return declineOpenProposals(manager, id);
}

async function updateProposal(manager: EntityManager, id: string, changes: Partial<Proposal>): Promise<string> {
  await manager.update(Proposal, { id }, { ...changes, updatedAt: new Date() });
  return id;
}
