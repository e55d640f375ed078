import type { EntityManager } from 'typeorm';
import { Job, JobStatus } from '../jobs/job-model.js';
import { declineOpenProposals, hasOpenProposals } from '../jobs/job-writing-store.js';
import { ProposalDeclineReason } from '../proposals/proposal-model.js';

/** The jobs that lost their poster. */
export interface ClosedJobs {
  jobIds: string[];
}

/** Statuses that a job leaves when its poster may no longer post jobs, and the status that it gets. */
const statusAfter = new Map([
  [JobStatus.PUBLISHED, JobStatus.CLOSED],
  [JobStatus.PRIVATE_OUTREACH, JobStatus.CLOSED],
  [JobStatus.QUEUED_FOR_REVIEW, JobStatus.ARCHIVED],
  [JobStatus.CHANGES_REQUESTED, JobStatus.ARCHIVED],
]);

/**
 * Closes the open jobs of a poster, withdraws those under review, and declines the open proposals for them. Proposals for
 * jobs that were closed before can be open as well, and only the poster could decide on them.
 */
export async function closeJobsOf(manager: EntityManager, posterId: string): Promise<ClosedJobs> {
  const jobs = await manager
    .createQueryBuilder(Job, 'job')
    .where('job.posterId = :posterId', { posterId })
    .andWhere(`(job.status in (:...changing) or (job.status = 'CLOSED' and ${hasOpenProposals('job')}))`, {
      changing: [...statusAfter.keys()],
    })
    .orderBy('job.id')
    .setLock('for_no_key_update')
    .getMany();
  // The trigger of the events of jobs reads it.
  await manager.query(`select set_config('marquee.poster_left', 'true', true)`);
  for (const next of new Set(statusAfter.values())) {
    const ids = jobs.filter(({ status }) => statusAfter.get(status) === next).map(({ id }) => id);
    await manager.query('update jobs set status = $2, updated_at = now() where id = any($1)', [ids, next]);
  }
  const jobIds = jobs.map(({ id }) => id);
  await declineOpenProposals(manager, jobIds, ProposalDeclineReason.POSTER_LEFT);
  return { jobIds };
}
