import { shortLivedBy } from '@marquee/chassis/caching/short-lived-by';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { partitions } from '../shows/index-keys.js';
import { getShows } from '../shows/show-store.js';
import type { IndexEntry } from './list-order.js';
import { readPage } from './list-page.js';
import { type ListFilter, planList } from './list-plan.js';

/** The number of shows with a value, by the value as shows display it. */
export interface ValueCount {
  value: string;
  count: number;
}

/** The number of shows in a list for each value of its filters, the most frequent value first. */
export interface ShowCounts {
  genres: readonly ValueCount[];
  countries: readonly ValueCount[];
  withDrm: number;
  withoutDrm: number;
  /** Whether all shows of the list were counted. */
  isComplete: boolean;
}

/** Shows that are counted. */
export const maxFaceted = 1_000;

/** The values of a facet that are returned. Their shows are read with one request. */
export const maxFacetValues = 50;

/** Seconds for which counts are kept. Caches may keep the response for further `cacheSeconds`. */
export const facetSeconds = 30;

/** The lists of which counts are kept. */
const keptLists = 500;

/** The Queries for the shows of a facet. */
const maxQueries = 6;

/** Counts the values of a list once for all callers, and keeps the counts for some seconds. */
export function facetCounter(dynamo: Dynamo): (filter: ListFilter) => Promise<ShowCounts> {
  const countBy = shortLivedBy((key) => countFacets(dynamo, JSON.parse(key) as ListFilter), {
    lifetimeMs: facetSeconds * 1_000,
    max: keptLists,
  });
  return (filter) => countBy(JSON.stringify(filter));
}

/** Each facet is counted without its own condition. Facets without one share their read. */
async function countFacets(dynamo: Dynamo, filter: ListFilter): Promise<ShowCounts> {
  const reads = new Map<string, Promise<Entries>>();
  const read = (name: keyof ListFilter): Promise<Entries> => {
    const { [name]: _, ...others } = filter;
    const key = JSON.stringify(others);
    const reading = reads.get(key) ?? readEntries(dynamo, { ...others, words: filter.words });
    reads.set(key, reading);
    return reading;
  };
  const [ofGenres, ofCountries, ofDrm] = await Promise.all([read('genreKey'), read('countryKey'), read('drm')]);
  const genres = tally(ofGenres.entries, 'genreKey');
  const countries = tally(ofCountries.entries, 'countryKey');
  const names = await readNames(dynamo, [...genres, ...countries]);
  const withDrm = ofDrm.entries.filter(({ shelf }) => shelf === partitions.drm).length;
  return {
    genres: genres.map((group) => ({ value: names.get(group.slug)?.genre ?? group.key, count: group.count })),
    countries: countries.map((group) => ({ value: names.get(group.slug)?.country ?? group.key, count: group.count })),
    withDrm,
    withoutDrm: ofDrm.entries.length - withDrm,
    isComplete: [ofGenres, ofCountries, ofDrm].every(({ isComplete }) => isComplete),
  };
}

/** An entry of a slim index. */
interface SlimEntry extends IndexEntry {
  shelf?: string;
  genreKey?: string;
  countryKey?: string;
}

interface Entries {
  entries: SlimEntry[];
  isComplete: boolean;
}

async function readEntries(dynamo: Dynamo, filter: ListFilter): Promise<Entries> {
  const plan = planList(filter, null);
  const { rows, next } = await readPage(dynamo, plan, { size: maxFaceted, after: undefined, maxQueries });
  return { entries: rows.map(({ entry }) => entry), isComplete: next === undefined };
}

/** The shows with one value. */
interface Group {
  key: string;
  count: number;
  /** One of the shows, which has the value as it is displayed. */
  slug: string;
}

function tally(entries: readonly SlimEntry[], name: 'genreKey' | 'countryKey'): Group[] {
  const groups = new Map<string, Group>();
  for (const { slug, [name]: key } of entries) {
    if (key === undefined) continue;
    const group = groups.get(key) ?? { key, count: 0, slug };
    group.count += 1;
    groups.set(key, group);
  }
  const sorted = [...groups.values()].sort((one, other) => other.count - one.count || (one.key < other.key ? -1 : 1));
  return sorted.slice(0, maxFacetValues);
}

async function readNames(dynamo: Dynamo, groups: readonly Group[]) {
  const shows = await getShows(dynamo, [...new Set(groups.map(({ slug }) => slug))]);
  return new Map(shows.map(({ slug, genre, country }) => [slug, { genre, country }]));
}
