import type { Change, LogStreamOptions } from '@marquee/chassis/bus/change-log';
import type { LiveItem } from '@marquee/chassis/bus/waiting-streams';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { createCurrentRowLoader, createPacedLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';
import type { Job } from './job-model.js';
import type { PublicJobCriteria } from './public-job-conditions.js';

/** Milliseconds for which all subscriptions that match a change share its job: within them their turns have come. */
const sharedMs = 1_000;

/** Pairs of a job and a filter that one statement compares. */
const pairsPerStatement = 500;

/**
 * Loads the jobs of changes for all subscriptions together: each filter is applied once to each job, and all subscriptions
 * that match a change receive the same object, so that its event is resolved once. Nothing is loaded for the others.
 * Whether a job is public and matches is read for each candidate.
 *
 * @returns a function that creates the loaders of one subscription
 */
export function createPublishedJobs({ publicJobs }: Pick<Store, 'publicJobs'>) {
  const jobOf = createSharedJobs(publicJobs);
  // A filter without a match replays all stored changes at no cost of deliveries.
  const matches = createPacedLoader((candidates: readonly Candidate[]) => findMatches(publicJobs, candidates));
  const items = { load: loadMatching };
  return (criteria: PublicJobCriteria): Pick<LogStreamOptions<Job>, 'load' | 'live'> => {
    // Serialised once, since thousands of filters may be applied to one change.
    const filter = JSON.stringify(criteria);
    const loadOne = async (change: Change) =>
      (await matches.load({ id: change.subject, filter })) ? jobOf(change) : null;
    return { load: (changes) => Promise.all(changes.map(loadOne)), live: { key: filter, items } };
  };

  /** The events of each filter. */
  async function loadMatching(changes: readonly Change[], filters: readonly string[]) {
    const ids = changes.map(({ subject }) => subject);
    const matching = await matchingFilters(publicJobs, ids, filters);
    const jobs = await Promise.all(
      changes.map(async (change) => (matching.has(change.subject) ? jobOf(change) : null)),
    );
    const events = new Map<string, LiveItem<Job>[]>();
    for (const [index, change] of changes.entries()) {
      const item = jobs[index];
      if (item) addEvent(events, matching.get(change.subject) ?? [], { item, change });
    }
    return events;
  }
}

function addEvent<Event>(events: Map<string, Event[]>, keys: Iterable<string>, event: Event): void {
  for (const key of keys) getOrCreate(events, key, () => [] as Event[]).push(event);
}

/** The filters that each job matches: one statement after the other, so that connections are left to requests. */
async function matchingFilters(
  publicJobs: Store['publicJobs'],
  ids: readonly string[],
  filters: readonly string[],
): Promise<Map<string, Set<string>>> {
  const distinct = [...new Set(ids)];
  const size = Math.ceil(pairsPerStatement / distinct.length);
  const matching = new Map<string, Set<string>>();
  for (let start = 0; start < filters.length; start += size) {
    const some = filters.slice(start, start + size);
    for (const { id, indexes } of await publicJobs.matching(distinct, some)) {
      const known = getOrCreate(matching, id, () => new Set<string>());
      for (const index of indexes) known.add(some[index - 1] ?? '');
    }
  }
  return matching;
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

/** Streams at the same position are compared together, each filter with the jobs of its own changes only. */
async function findMatches(
  publicJobs: Store['publicJobs'],
  candidates: readonly Candidate[],
): Promise<readonly boolean[]> {
  const idsOf = new Map<string, Set<string>>();
  for (const { id, filter } of candidates) getOrCreate(idsOf, filter, () => new Set<string>()).add(id);
  const filtersOf = new Map<string, string[]>();
  for (const [filter, ids] of idsOf) getOrCreate(filtersOf, [...ids].join(' '), () => [] as string[]).push(filter);
  const matching = new Set<string>();
  for (const [ids, filters] of filtersOf)
    for (const [id, found] of await matchingFilters(publicJobs, ids.split(' '), filters))
      for (const filter of found) matching.add(`${id} ${filter}`);
  return candidates.map(({ id, filter }) => matching.has(`${id} ${filter}`));
}
