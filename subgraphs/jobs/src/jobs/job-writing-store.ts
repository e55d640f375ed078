import { In, type DataSource, type EntityManager } from 'typeorm';
import { v7, validate } from 'uuid';
import { Job, JobStatus } from './job-model.js';
import { Proposal, ProposalDeclineReason, ProposalStatus } from '../proposals/proposal-model.js';
import { openProposalStatuses } from '../proposals/proposal-machine.js';
import { writeAs } from '../people/person-state-store.js';
import type { JobValues } from './job-rules.js';

/** Returns the changes to a locked job, or throws if none are allowed. */
export type JobDecision = (job: Job) => Partial<Job>;

/** The columns that a change has written, and the ids of the proposals that it declined. */
export interface JobOutcome {
  changes: Partial<Job>;
  declined: string[];
}

/** Writes jobs. A job is locked from the decision to the commit. */
export function jobWritingStore(source: DataSource) {
  return { draft, change };

  async function draft(posterId: string, values: JobValues): Promise<string> {
    const id = v7();
    await writeAs(source, posterId, (manager) => manager.insert(Job, { id, posterId, ...values }));
    return id;
  }

  /**
   * @param userId the caller
   * @returns null if there is no such job
   */
  async function change(jobId: string, userId: string, decide: JobDecision): Promise<JobOutcome | null> {
    return writeAs(source, userId, async (manager) => {
      const job = await lockJob(manager, jobId);
      if (job === null) return null;
      const changes = { ...decide(job), updatedAt: new Date() };
      await manager.update(Job, { id: jobId }, changes);
      const declined =
        changes.status === JobStatus.ARCHIVED
          ? await declineOpenProposals(manager, jobId, ProposalDeclineReason.JOB_ARCHIVED)
          : [];
      return { changes, declined };
    });
  }
}

/**
 * Reads a job and locks its row until the end of the transaction. Transactions lock a job before its proposals, so that
 * they cannot deadlock.
 */
export async function lockJob(manager: EntityManager, id: string): Promise<Job | null> {
  if (!validate(id)) return null;
  return manager.findOne(Job, { where: { id }, lock: { mode: 'for_no_key_update' } });
}

/** The SQL condition that the poster of a job has not decided on a proposal for it. */
export function hasOpenProposals(alias: string): string {
  const statuses = openProposalStatuses.map((status) => `'${status}'`).join(', ');
  return `exists (select from proposals where proposals.job_id = ${alias}.id and proposals.status in (${statuses}))`;
}

/** Declines the proposals that the poster has not decided on, and returns their ids. */
export async function declineOpenProposals(
  manager: EntityManager,
  jobId: string,
  declinedBecause: ProposalDeclineReason,
): Promise<string[]> {
  const open = await manager.find(Proposal, {
    select: { id: true },
    where: { jobId, status: In([...openProposalStatuses]) },
  });
  const ids = open.map(({ id }) => id);
  if (ids.length > 0)
    await manager.update(
      Proposal,
      { id: In(ids) },
      { status: ProposalStatus.DECLINED, declinedBecause, updatedAt: new Date() },
    );
  return ids;
}
