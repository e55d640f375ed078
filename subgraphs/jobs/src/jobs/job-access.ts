import { notFound } from '@marquee/chassis/errors/errors';
import type { JobsContext } from '../context.js';
import type { Job } from './job-model.js';
import { isPublic, hasFullAccess, canSeeThroughRelation } from './job-visibility-rules.js';

/** Returns the job, or null if it does not exist or the caller may not see it. */
export async function findVisibleJob({ caller, loaders }: JobsContext, id: string): Promise<Job | null> {
  const job = await loaders.job.load(id);
  if (job === null || isPublic(job) || hasFullAccess(job, caller)) return job;
  return canSeeThroughRelation(job, await loaders.jobRelation.load(id)) ? job : null;
}

/** @throws NOT_FOUND if the job does not exist or the caller may not see it */
export async function requireVisibleJob(context: JobsContext, id: string): Promise<Job> {
  const job = await findVisibleJob(context, id);
  if (job === null) throw notFound('job', id);
  return job;
}
