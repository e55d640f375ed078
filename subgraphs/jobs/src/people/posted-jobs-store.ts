import { In, type EntityManager } from 'typeorm';
import { Job, JobStatus } from '../jobs/job-model.js';
import { declineOpenProposals } from '../jobs/job-writing-store.js';

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

/** Closes the open jobs of a poster, withdraws those under review, and declines the open proposals for them. */
export async function closeJobsOf(manager: EntityManager, posterId: string): Promise<ClosedJobs> {
  const jobs = await manager.find(Job, {
    where: { posterId, status: In([...statusAfter.keys()]) },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  // The trigger of the events of jobs reads it.
  await manager.query(`select set_config('marquee.poster_left', 'true', true)`);
  for (const { id, status } of jobs) {
    await manager.update(Job, { id }, { status: statusAfter.get(status) ?? status, updatedAt: new Date() });
    await declineOpenProposals(manager, id);
  }
  return { jobIds: jobs.map(({ id }) => id) };
}
