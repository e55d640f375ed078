import { createCurrentLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';
import type { Job } from './job-model.js';
import type { PublicJobCriteria } from './public-job-store.js';

/** A job, for a subscription with these criteria. */
export interface JobCandidate {
  id: string;
  criteria: PublicJobCriteria;
}

/**
 * Loads jobs for all subscriptions together: the candidates of one macrotask share one statement, which applies each filter
 * once to each job. Null for a job that does not match or is not public. Nothing is cached.
 */
export function createPublishedJobLoader({ publicJobs }: Pick<Store, 'publicJobs'>) {
  return createCurrentLoader((candidates: readonly JobCandidate[]) => loadMatching(publicJobs, candidates));
}

async function loadMatching(
  publicJobs: Store['publicJobs'],
  candidates: readonly JobCandidate[],
): Promise<(Job | null)[]> {
  const ids = [...new Set(candidates.map(({ id }) => id))];
  const filters = new Map(candidates.map(({ criteria }) => [JSON.stringify(criteria), criteria]));
  const names = [...filters.keys()];
  const matches = await publicJobs.matching(ids, [...filters.values()]);
  const matching = new Set(matches.map(({ id, index }) => `${id} ${names[index]}`));
  const jobs = new Map((await publicJobs.byIds([...new Set(matches.map(({ id }) => id))])).map((job) => [job.id, job]));
  return candidates.map(({ id, criteria }) =>
    matching.has(`${id} ${JSON.stringify(criteria)}`) ? (jobs.get(id) ?? null) : null,
  );
}
