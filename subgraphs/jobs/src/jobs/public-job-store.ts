import { boundedSearchSql } from '@marquee/chassis/postgres/bounded-search';
import { prepareRead } from '@marquee/chassis/postgres/prepared-read';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { showSlugPattern } from '../input/slug.js';
import { Job } from './job-model.js';
import { maxUuid } from '../paging/id-page.js';

/** A filter of public jobs as the database applies it. Null does not restrict the list. */
export interface PublicJobCriteria {
  words: string | null;
  projectTypeIds: readonly string[] | null;
  genreIds: readonly string[] | null;
  audienceIds: readonly string[] | null;
  showSlug: string | null;
}

/** A job that matches the criteria at an index. */
export interface CriteriaMatch {
  id: string;
  index: number;
}

/** One page of public jobs, the most recently published first. */
export interface PublishedPage {
  limit: number;
  after: readonly [publishedAt: string, id: string] | null;
}

/** Reads public jobs only. */
export function publicJobStore(source: DataSource) {
  const readAll = prepareRead(source, Job, listStatement);
  return { list, byIds, matching, byPosters, forShows };

  async function list(criteria: PublicJobCriteria, page: PublishedPage): Promise<Job[]> {
    if (criteria.words !== null) return search(source, criteria, criteria.words, page);
    const { afterTime, afterId } = cursorParameters(page);
    const filters = conditions('job', criteria);
    if (filters.length === 0) return readAll([afterTime, afterId, page.limit]);
    const found = jobs(source).where(isPublic('job')).andWhere(isAfterCursor('job'), { afterTime, afterId });
    for (const { condition, values } of filters) found.andWhere(condition, values);
    return newestFirst(found).limit(page.limit).getMany();
  }

  /** The jobs with these ids that are public, in any order. */
  async function byIds(ids: readonly string[]): Promise<Job[]> {
    return jobs(source).where(isPublic('job')).andWhere('job.id = any(:ids)', { ids }).getMany();
  }

  /** The public jobs that match criteria, with the index of each of those, in one statement. */
  async function matching(ids: readonly string[], criteria: readonly PublicJobCriteria[]): Promise<CriteriaMatch[]> {
    const parameters = [ids, JSON.stringify(criteria.map((one, index) => ({ ...one, index })))];
    return source.query<CriteriaMatch[]>(matchingCriteria, parameters);
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

/** The list without a filter. */
function listStatement(columns: string): string {
  return `select ${columns} from jobs
    where ${isPublic('jobs')} and (published_at, id) < (cast($1 as timestamptz), cast($2 as uuid))
    order by published_at desc, id desc limit $3`;
}

async function search(
  source: DataSource,
  criteria: PublicJobCriteria,
  words: string,
  page: PublishedPage,
): Promise<Job[]> {
  const filters = conditions('j', criteria);
  const found = boundedSearchSql({
    from: 'jobs j',
    alias: 'j',
    column: 'j.search',
    query: searchQuery('cast(:words as text)'),
    listed: `${isPublic('j')} and ${isAfterCursor('j')}`,
    filter: ['true', ...filters.map(({ condition }) => condition)].join(' and '),
    order: 'j.published_at desc, j.id desc',
    limit: page.limit,
  });
  const matching = jobs(source).where(`job.id in (${found})`, { words, ...cursorParameters(page) });
  for (const { values } of filters) matching.setParameters(values);
  return newestFirst(matching).limit(page.limit).getMany();
}

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
    select j.id from jobs j where j.${column} = parent.key and ${isPublic('j')} and ${isAfterCursor('j')}
    order by j.published_at desc, j.id desc limit :limit) as listed`;
  const found = jobs(source).where(`job.id in (${pages})`, { parents, limit: page.limit, ...cursorParameters(page) });
  return newestFirst(found).getMany();
}

function jobs(source: DataSource): SelectQueryBuilder<Job> {
  return source.getRepository(Job).createQueryBuilder('job');
}

function newestFirst(found: SelectQueryBuilder<Job>): SelectQueryBuilder<Job> {
  return found.orderBy('job.publishedAt', 'DESC').addOrderBy('job.id', 'DESC');
}

/** The SQL condition that a row of `jobs` is public. */
function isPublic(alias: string): string {
  return `${alias}.status = 'PUBLISHED' and ${alias}.poster_is_active and (${alias}.closes_at is null or ${alias}.closes_at > now())`;
}

function isAfterCursor(alias: string): string {
  return `(${alias}.published_at, ${alias}.id) < (cast(:afterTime as timestamptz), cast(:afterId as uuid))`;
}

function cursorParameters({ after }: PublishedPage): { afterTime: string; afterId: string } {
  const [afterTime, afterId] = after ?? ['infinity', maxUuid];
  return { afterTime, afterId };
}

interface Condition {
  condition: string;
  values: Record<string, unknown>;
}

/** The conditions of a filter, without its words. */
function conditions(alias: string, criteria: PublicJobCriteria): Condition[] {
  const { projectTypeIds, genreIds, audienceIds, showSlug } = criteria;
  return [
    ...optional(`${alias}.project_type_id = any(:projectTypeIds)`, 'projectTypeIds', projectTypeIds),
    ...optional(`${alias}.genre_ids && cast(:genreIds as uuid[])`, 'genreIds', genreIds),
    ...optional(`${alias}.audience_ids && cast(:audienceIds as uuid[])`, 'audienceIds', audienceIds),
    ...optional(`${alias}.show_slug = :showSlug`, 'showSlug', showSlug),
  ];
}

function optional(condition: string, name: string, value: unknown): Condition[] {
  return value === null ? [] : [{ condition, values: { [name]: value } }];
}

/** The conditions of a filter for jobs and a list of criteria, which are a JSON array. */
const matchingCriteria = `
  select job.id, criteria.index from jobs job, jsonb_to_recordset($2::jsonb) as criteria (
    index int, words text, "projectTypeIds" uuid[], "genreIds" uuid[], "audienceIds" uuid[], "showSlug" text)
  where job.id = any($1) and ${isPublic('job')}
    and (criteria.words is null or job.search @@ ${searchQuery('criteria.words')})
    and (criteria."projectTypeIds" is null or job.project_type_id = any(criteria."projectTypeIds"))
    and (criteria."genreIds" is null or job.genre_ids && criteria."genreIds")
    and (criteria."audienceIds" is null or job.audience_ids && criteria."audienceIds")
    and (criteria."showSlug" is null or job.show_slug = criteria."showSlug")`;

function searchQuery(words: string): string {
  return `websearch_to_tsquery('english', lower(${words} collate "pg_c_utf8"))`;
}
