import type { DataSource, EntityManager } from 'typeorm';
import { v7, validate } from 'uuid';
import { Job, JobStatus } from './job-model.js';
import { ProposalDeclineReason } from '../proposals/proposal-model.js';
import { openProposalStatuses } from '../proposals/proposal-machine.js';
import { assertStillPoster, writeAs } from '../people/person-state-store.js';
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
    await writeAs(source, posterId, async (manager) => {
      await assertStillPoster(manager, posterId);
      await manager.insert(Job, { id, posterId, ...values });
    });
    return id;
  }

  /**
   * @param userId the caller
   * @returns null if there is no such job
   */
  async function change(jobId: string, userId: string, decide: JobDecision): Promise<JobOutcome | null> {
    return writeAs(source, userId, async (manager) => {
      await assertStillPoster(manager, userId);
      const job = await lockJob(manager, jobId);
      if (job === null) return null;
      const changes = { ...decide(job), updatedAt: new Date() };
      await manager.update(Job, { id: jobId }, changes);
      const declined =
        changes.status === JobStatus.ARCHIVED
          ? await declineOpenProposals(manager, [jobId], ProposalDeclineReason.JOB_ARCHIVED)
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
  return `exists (select from proposals where proposals.job_id = ${alias}.id and proposals.status in (${openStatuses}))`;
}

/** Declines the proposals for these jobs that their poster has not decided on, and returns their ids. */
export async function declineOpenProposals(
  manager: EntityManager,
  jobIds: readonly string[],
  reason: ProposalDeclineReason,
): Promise<string[]> {
  const [declined] = await manager.query<[{ id: string }[], number]>(declineStatement, [jobIds, reason]);
  return declined.map(({ id }) => id);
}

const openStatuses = openProposalStatuses.map((status) => `'${status}'`).join(', ');

const declineStatement = `
  update proposals set status = 'DECLINED', declined_because = $2, updated_at = now()
  where job_id = any($1) and status in (${openStatuses}) returning id`;
