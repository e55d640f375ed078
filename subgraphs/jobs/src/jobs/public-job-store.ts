import { boundedSearchSql } from '@marquee/chassis/postgres/bounded-search';
import { type KeysetPage, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import { countUpToMax } from '@marquee/chassis/postgres/bounded-count';
import { prepareRead } from '@marquee/chassis/postgres/prepared-read';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { NIL, validate } from 'uuid';
import { showSlugPattern } from '../input/slug.js';
import { type Facet, facetCounter } from '../facets/facet-store.js';
import { maxUuid } from '../paging/id-page.js';
import { orderSql, type PageRange, pageRange, type SortedPage } from '../paging/list-order.js';
import { JobSort } from './job-inputs.js';
import { Job } from './job-model.js';
import { jobOrders } from './job-orders.js';
import { listByRelevance, type RelevantJob } from './job-relevance-store.js';
import { type Condition, conditions, isPublic, type PublicJobCriteria, searchQuery } from './public-job-conditions.js';

/** A job, and the places of the criteria that it matches, from 1. */
export interface CriteriaMatch {
  id: string;
  indexes: number[];
}

/** One page of the list of public jobs. */
export type JobPage = SortedPage<JobSort>;

/** One page in an order of the database. */
type OrderedPage = SortedPage<keyof typeof jobOrders>;

/** One page of public jobs within another object, the most recently published first. */
export type PublishedPage = KeysetPage<readonly [publishedAt: string, id: string]>;

/** Reads public jobs only. */
export function publicJobStore(source: DataSource) {
  return {
    list: listing(source),
    count,
    countFacets: facetCounter(source, facetsOf),
    byIds,
    matching,
    byPosters,
    forShows,
  };

  /** The number of jobs that match criteria without words, at most `maxCounted`. */
  async function count(criteria: PublicJobCriteria): Promise<number> {
    return countUpToMax(withConditions(jobs(source).where(isPublic('job')), conditions('job', criteria)));
  }

  /** The jobs with these ids that are public, in any order. */
  async function byIds(ids: readonly string[]): Promise<Job[]> {
    return jobs(source).where(isPublic('job')).andWhere('job.id = any(:ids)', { ids }).getMany();
  }

  /** The public jobs that match any of the criteria, which are JSON texts, in one statement. */
  async function matching(ids: readonly string[], criteria: readonly string[]): Promise<CriteriaMatch[]> {
    const rows = await source.query<{ id: string; indexes: string }[]>(matchingCriteria, [ids, `[${criteria.join()}]`]);
    return rows.map(({ id, indexes }) => ({ id, indexes: indexes.split(',').map(Number) }));
  }

  async function byPosters(posters: readonly string[], page: PublishedPage): Promise<Job[]> {
    const known = posters.filter((id) => validate(id));
    return known.length === 0 ? [] : listPagePerParent(source, 'poster_id', 'uuid', known, page);
  }

  async function forShows(slugs: readonly string[], page: PublishedPage): Promise<Job[]> {
    const known = slugs.filter((slug) => showSlugPattern.test(slug));
    return known.length === 0 ? [] : listPagePerParent(source, 'show_slug', 'text', known, page);
  }
}

/** Lists the jobs that match criteria. The usual list without a filter is prepared for both directions. */
function listing(source: DataSource) {
  const readAll = {
    DESC: prepareRead(source, Job, (columns) => listStatement(columns, 'DESC')),
    ASC: prepareRead(source, Job, (columns) => listStatement(columns, 'ASC')),
  };
  return async (criteria: PublicJobCriteria, { sort, ...range }: JobPage): Promise<RelevantJob[]> => {
    if (sort === JobSort.RELEVANCE) return listByRelevance(source, criteria, range, newestMatches(source, criteria));
    const page: OrderedPage = { ...range, sort };
    if (criteria.words !== null) return search(source, criteria, criteria.words, page);
    const filters = conditions('job', criteria);
    if (filters.length === 0 && page.sort === JobSort.NEWEST)
      return readAll[publishedOrder(page)]([...Object.values(rangeParameters(page)), page.limit]);
    const { condition, parameters } = rangeOf(page, 'job');
    const found = jobs(source).where(isPublic('job')).andWhere(condition, parameters);
    return sorted(withConditions(found, filters), page).limit(page.limit).getMany();
  };
}

/** The list without a filter, with the values of `rangeParameters` and the limit as parameters. */
function listStatement(columns: string, order: Order): string {
  return `select ${columns} from jobs
    where ${isPublic('jobs')} and (published_at, id) < (cast($1 as timestamptz), cast($2 as uuid))
      and (published_at, id) > (cast($3 as timestamptz), cast($4 as uuid))
    order by published_at ${order}, id ${order} limit $5`;
}

/** Reads matches after a key, the most recently published first. */
function newestMatches(source: DataSource, criteria: PublicJobCriteria) {
  return (after: readonly [time: string, id: string], limit: number) =>
    search(source, criteria, criteria.words ?? '', {
      after,
      before: null,
      isBackward: false,
      limit,
      sort: JobSort.NEWEST,
    });
}

async function search(
  source: DataSource,
  criteria: PublicJobCriteria,
  words: string,
  page: OrderedPage,
): Promise<Job[]> {
  const filters = conditions('j', criteria);
  const { condition, parameters } = rangeOf(page, 'j');
  const found = boundedSearchSql({
    from: 'jobs j',
    alias: 'j',
    column: 'j.search',
    query: searchQuery('cast(:words as text)'),
    listed: `${isPublic('j')} and ${condition}`,
    filter: ['true', ...filters.map((filter) => filter.condition)].join(' and '),
    order: orderSql(jobOrders[page.sort], page, 'j'),
    limit: page.limit,
  });
  const matching = jobs(source).where(`job.id in (${found})`, { words, ...parameters });
  for (const { values } of filters) matching.setParameters(values);
  return sorted(matching, page).limit(page.limit).getMany();
}

/** Until they are closed, jobs whose deadline has passed come first in this order: the index skips them by the condition. */
function rangeOf(page: OrderedPage, alias: string): PageRange {
  const { condition, parameters } = pageRange(jobOrders[page.sort], page, alias);
  if (page.sort !== JobSort.DEADLINE) return { condition, parameters };
  return { condition: `${condition} and coalesce(${alias}.closes_at, 'infinity') > now()`, parameters };
}

/** In the order in which a page is read. */
function sorted(found: SelectQueryBuilder<Job>, page: OrderedPage): SelectQueryBuilder<Job> {
  const { direction, value } = jobOrders[page.sort];
  const order = readingOrder(direction, page);
  return (value ? found.orderBy(value.ofRow('job'), order) : found).addOrderBy('job.id', order);
}

/** The values of public jobs for each filter, of the newest jobs that match the others. */
function facetsOf(criteria: PublicJobCriteria): Facet[] {
  return Object.entries(facetValues).map(([name, { criterion, values }]) => {
    const filters = conditions('j', { ...criteria, [criterion]: null });
    const condition = [isPublic('j'), ...filters.map((filter) => filter.condition)].join(' and ');
    const rows = `select ${values} as values from jobs j where ${condition} order by j.published_at desc, j.id desc`;
    return { name, rows, parameters: Object.assign({}, ...filters.map((filter) => filter.values)) as object };
  });
}

const facetValues: Record<string, { criterion: keyof PublicJobCriteria; values: string }> = {
  projectTypes: { criterion: 'projectTypeIds', values: 'array[j.project_type_id]' },
  genres: { criterion: 'genreIds', values: 'j.genre_ids' },
  audiences: { criterion: 'audienceIds', values: 'j.audience_ids' },
  shows: { criterion: 'showSlug', values: 'array_remove(array[j.show_slug], null)' },
};

/**
 * Returns one page per parent in one statement. The lateral join reads only the rows of the page from the index for each
 * parent.
 */
async function listPagePerParent(
  source: DataSource,
  column: string,
  type: string,
  parents: readonly string[],
  page: PublishedPage,
): Promise<Job[]> {
  const pages = `select listed.id from unnest(cast(:parents as ${type}[])) as parent (key) cross join lateral (
    select j.id from jobs j where j.${column} = parent.key and ${isPublic('j')} and ${isInRange('j')}
    order by ${orderSql(newest, page, 'j')} limit :limit) as listed`;
  const found = jobs(source).where(`job.id in (${pages})`, { parents, limit: page.limit, ...rangeParameters(page) });
  return inReadingOrder(found, page).getMany();
}

function jobs(source: DataSource): SelectQueryBuilder<Job> {
  return source.getRepository(Job).createQueryBuilder('job');
}

const newest = jobOrders[JobSort.NEWEST];

function publishedOrder(page: Pick<PublishedPage, 'isBackward'>): Order {
  return readingOrder('DESC', page);
}

function inReadingOrder(found: SelectQueryBuilder<Job>, page: PublishedPage): SelectQueryBuilder<Job> {
  return found.orderBy('job.publishedAt', publishedOrder(page)).addOrderBy('job.id', publishedOrder(page));
}

/** The SQL condition that a row is between the cursors of a page. */
function isInRange(alias: string): string {
  return `(${alias}.published_at, ${alias}.id) < (cast(:afterTime as timestamptz), cast(:afterId as uuid))
    and (${alias}.published_at, ${alias}.id) > (cast(:beforeTime as timestamptz), cast(:beforeId as uuid))`;
}

function rangeParameters({ after, before }: Pick<KeysetPage<readonly string[]>, 'after' | 'before'>) {
  const [afterTime, afterId] = after ?? ['infinity', maxUuid];
  const [beforeTime, beforeId] = before ?? ['-infinity', NIL];
  return { afterTime, afterId, beforeTime, beforeId };
}

function withConditions(found: SelectQueryBuilder<Job>, filters: readonly Condition[]): SelectQueryBuilder<Job> {
  for (const { condition, values } of filters) found.andWhere(condition, values);
  return found;
}

/** The conditions of a filter for jobs and a list of criteria, which are a JSON array. One row per job is quick to read. */
const matchingCriteria = `
  select job.id, string_agg(cast(criteria.index as text), ',') as indexes
  from jobs job, rows from (jsonb_to_recordset($2::jsonb) as (
    words text, "projectTypeIds" uuid[], "genreIds" uuid[], "audienceIds" uuid[], "showSlug" text)) with ordinality
    as criteria (words, "projectTypeIds", "genreIds", "audienceIds", "showSlug", index)
  where job.id = any($1) and ${isPublic('job')}
    and (criteria.words is null or job.search @@ ${searchQuery('criteria.words')})
    and (criteria."projectTypeIds" is null or job.project_type_id = any(criteria."projectTypeIds"))
    and (criteria."genreIds" is null or job.genre_ids && criteria."genreIds")
    and (criteria."audienceIds" is null or job.audience_ids && criteria."audienceIds")
    and (criteria."showSlug" is null or job.show_slug = criteria."showSlug")
  group by job.id`;
