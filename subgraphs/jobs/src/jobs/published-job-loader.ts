import type { Change, LogStreamOptions } from '@marquee/chassis/bus/change-log';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { createCurrentLoader, createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';
import type { Job } from './job-model.js';
import type { PublicJobCriteria } from './public-job-conditions.js';

/** Milliseconds for which all subscriptions that match a change share its job: within them their turns have come. */
const sharedMs = 1_000;

/** Filters that one statement applies. */
const filtersPerStatement = 500;

/**
 * Loads the jobs of changes for all subscriptions together: each filter is applied once to each job, and all subscriptions
 * that match a change receive the same object, so that its event is resolved once. Nothing is loaded for the others.
 * Whether a job is public and matches is read for each candidate.
 *
 * @returns a function that creates the loaders of one subscription
 */
export function createPublishedJobs({ publicJobs }: Pick<Store, 'publicJobs'>) {
  const jobOf = createSharedJobs(publicJobs);
  const matches = createCurrentLoader((candidates: readonly Candidate[]) => findMatches(publicJobs, candidates));
  const items = { load: loadMatching };
  return (criteria: PublicJobCriteria): Pick<LogStreamOptions<Job>, 'load' | 'live'> => {
    // Serialised once, since thousands of filters may be applied to one change.
    const filter = JSON.stringify(criteria);
    const loadOne = async (change: Change) =>
      (await matches.load({ id: change.subject, filter })) ? jobOf(change) : null;
    return { load: (changes) => Promise.all(changes.map(loadOne)), live: { key: filter, items } };
  };

  /** One statement after the other, so that thousands of filters leave connections to requests. */
  async function loadMatching(change: Change, filters: readonly string[]): Promise<Map<string, Job>> {
    const matching: string[] = [];
    for (let start = 0; start < filters.length; start += filtersPerStatement) {
      const some = filters.slice(start, start + filtersPerStatement);
      const [match] = await publicJobs.matching([change.subject], some);
      for (const index of match?.indexes ?? []) matching.push(some[index - 1] ?? '');
    }
    const job = matching.length > 0 ? await jobOf(change) : null;
    return new Map(job ? matching.map((filter) => [filter, job]) : []);
  }
}

/** The job of a change, or null if it is not public: the same object for all within a short time. */
function createSharedJobs(publicJobs: Store['publicJobs']): (change: Change) => Promise<Job | null> {
  const jobs = createCurrentRowLoader(
    (ids) => publicJobs.byIds([...new Set(ids)]),
    ({ id }: Job) => id,
  );
  const shared = new Map<string, Promise<Job | null>>();
  return ({ sequence, subject }) => {
    const key = `${sequence} ${subject}`;
    return getOrCreate(shared, key, () => {
      const job = jobs.load(subject);
      job.catch(() => shared.delete(key));
      setTimeout(() => shared.delete(key), sharedMs).unref();
      return job;
    });
  };
}

/** A job, for a subscription with these criteria as JSON. */
interface Candidate {
  id: string;
  filter: string;
}

async function findMatches(
  publicJobs: Store['publicJobs'],
  candidates: readonly Candidate[],
): Promise<readonly boolean[]> {
  const ids = [...new Set(candidates.map(({ id }) => id))];
  const filters = [...new Set(candidates.map(({ filter }) => filter))];
  const matching = new Map<string, Set<string>>();
  for (const { id, indexes } of await publicJobs.matching(ids, filters))
    matching.set(id, new Set(indexes.map((index) => filters[index - 1] ?? '')));
  return candidates.map(({ id, filter }) => matching.get(id)?.has(filter) ?? false);
}
