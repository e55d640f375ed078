import { boundedSearchSql } from '@marquee/chassis/postgres/bounded-search';
import type { DataSource } from 'typeorm';
import { NIL } from 'uuid';
import { z } from 'zod';
import { isAfterYearZero, type CursorValue } from '../paging/list-order.js';
import { Job } from './job-model.js';
import { conditions, isPublic, type PublicJobCriteria, searchQuery } from './public-job-conditions.js';

/** The matches that are ranked. */
export const maxRanked = 500;

/** A job of a list by relevance, with the sort value in its cursor. */
export interface RelevantJob extends Job {
  relevance?: string;
}

/** The place of a job in a list by relevance. */
interface Place {
  /** Absent for a match that is older than those that are ranked. */
  score: number | null;
  publishedAt: string;
}

/** The oldest match that is ranked. The first page determines it, and every cursor carries it. */
interface RankLimit {
  time: string;
  id: string;
}

/** Before all jobs, if all matches are ranked. */
const noLimit: RankLimit = { time: '-infinity', id: NIL };

const time = z.iso.datetime().refine(isAfterYearZero);
const parts = z.union([
  z.tuple([z.literal('-'), time]),
  z.tuple([z.string().regex(/^\d{1,7}$/), time, z.union([time, z.literal(noLimit.time)]), z.uuid()]),
]);

/** In cursors: the score, the time of publication and the rank limit, or of a job that is not ranked only the time. */
export const relevance: CursorValue<RelevantJob> = {
  inCursor: ({ relevance: value = '' }) => value,
  shape: z.string().refine((value) => parts.safeParse(value.split(' ')).success),
};

function parseCursor(value: string): { place: Place; limit: RankLimit } {
  const [score = '', publishedAt = '', limitTime = noLimit.time, id = noLimit.id] = value.split(' ');
  return { place: { score: score === '-' ? null : Number(score), publishedAt }, limit: { time: limitTime, id } };
}

/** One page of a list by relevance, which is read forward. */
export interface RelevancePage {
  /** The sort value and the id of the job before the page. */
  after: readonly string[] | null;
  limit: number;
}

/** Reads the newest matches, from the one after a key. */
type ListNewest = (after: readonly [time: string, id: string], limit: number) => Promise<Job[]>;

/**
 * Returns one page of matches, the most relevant first. Ranking a job costs more than finding it, and a common word matches
 * most jobs: only the newest matches are ranked, and older ones follow by time of publication. The rank limit between them
 * is fixed by the first page, so that jobs which are published between two pages do not move a match across it.
 */
export async function listByRelevance(
  source: DataSource,
  criteria: PublicJobCriteria,
  { after, limit }: RelevancePage,
  listNewest: ListNewest,
): Promise<RelevantJob[]> {
  const [value, id = NIL] = after ?? [];
  const cursor = value === undefined ? null : parseCursor(value);
  if (cursor?.place.score === null) return listOlder(listNewest, [cursor.place.publishedAt, id], limit);
  const ranked = await listRanked(source, criteria, cursor && { ...cursor, id }, limit);
  const rankLimit = ranked[0]?.limit ?? cursor?.limit ?? noLimit;
  const jobs = await loadRanked(source, ranked);
  // A job was closed between the two statements: without it a full page would look like the last one.
  if (jobs.length < ranked.length) return listByRelevance(source, criteria, { after, limit }, listNewest);
  if (ranked.length >= limit || rankLimit.id === NIL) return jobs;
  return [...jobs, ...(await listOlder(listNewest, [rankLimit.time, rankLimit.id], limit - ranked.length))];
}

async function listOlder(list: ListNewest, after: readonly [string, string], limit: number): Promise<RelevantJob[]> {
  const jobs = await list(after, limit);
  return jobs.map((job) => withRelevance(job, `- ${job.publishedAt?.toISOString()}`));
}

function withRelevance(job: Job, value: string): RelevantJob {
  return Object.assign(job, { relevance: value });
}

interface RankedMatch {
  id: string;
  score: number;
  publishedAt: Date;
  limit: RankLimit;
}

interface RankCursor {
  place: Place;
  limit: RankLimit;
  id: string;
}

async function listRanked(
  source: DataSource,
  criteria: PublicJobCriteria,
  cursor: RankCursor | null,
  limit: number,
): Promise<RankedMatch[]> {
  const found = source
    .createQueryBuilder()
    .select('matches.*')
    .from(`(${rankedSql(criteria, cursor !== null)})`, 'matches')
    .orderBy('matches.score', 'DESC')
    .addOrderBy('matches.published_at', 'DESC')
    .addOrderBy('matches.id', 'DESC')
    .limit(limit)
    .setParameters({ words: criteria.words, ...(cursor && cursorParameters(cursor)) });
  for (const { values } of conditions('j', criteria)) found.setParameters(values);
  if (cursor)
    found.where(`(matches.score, matches.published_at, matches.id) < (:score, ${instant(':publishedAt')}, :id)`);
  return (await found.getRawMany<RankedRow>()).map((row) => toMatch(row, cursor));
}

interface RankedRow {
  id: string;
  score: number;
  published_at: Date;
  oldest_time: Date;
  oldest_id: string;
  matches: string;
}

function toMatch({ id, score, published_at: publishedAt, ...row }: RankedRow, cursor: RankCursor | null): RankedMatch {
  const isLimited = Number(row.matches) === maxRanked;
  const limit = isLimited ? { time: row.oldest_time.toISOString(), id: row.oldest_id } : noLimit;
  return { id, score, publishedAt, limit: cursor?.limit ?? limit };
}

function cursorParameters({ place, limit, id }: RankCursor): Record<string, unknown> {
  return { ...place, id, limitTime: limit.time, limitId: limit.id };
}

/** The newest matches with their scores. A job is looked up for each match: a join could read the whole table. */
function rankedSql(criteria: PublicJobCriteria, isContinued: boolean): string {
  const query = searchQuery('cast(:words as text)');
  const range = isContinued ? `(j.published_at, j.id) >= (${instant(':limitTime')}, cast(:limitId as uuid))` : 'true';
  const found = boundedSearchSql({
    from: 'jobs j',
    alias: 'j',
    column: 'j.search',
    query,
    listed: `${isPublic('j')} and ${range}`,
    filter: ['true', ...conditions('j', criteria).map(({ condition }) => condition)].join(' and '),
    order: 'j.published_at desc, j.id desc',
    // More than are ranked at first: jobs that are published between two pages are ranked as well.
    limit: isContinued ? 2 * maxRanked : maxRanked,
  });
  // An integer, so that a cursor has exactly the value that the database compares.
  const score = `cast(round(1000000 * ts_rank(j.search, ${query})) as integer)`;
  return `with newest as materialized (select found.id, job.published_at, job.score from (${found}) as found
      cross join lateral (select j.published_at, ${score} as score from jobs j where j.id = found.id offset 0) as job),
    oldest as (select published_at, id, (select count(*) from newest) as matches from newest
      order by published_at, id limit 1)
    select newest.*, oldest.published_at as oldest_time, oldest.id as oldest_id, oldest.matches
    from newest cross join oldest`;
}

function instant(parameter: string): string {
  return `cast(${parameter} as timestamptz)`;
}

/** Loads the jobs of matches, in their order. A job that is no longer public since is left out. */
async function loadRanked(source: DataSource, matches: readonly RankedMatch[]): Promise<RelevantJob[]> {
  const ids = matches.map(({ id }) => id);
  const found = source.getRepository(Job).createQueryBuilder('job').where(isPublic('job'));
  const jobs = ids.length === 0 ? [] : await found.andWhere('job.id = any(:ids)', { ids }).getMany();
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return matches.flatMap(({ id, score, publishedAt, limit }) => {
    const job = byId.get(id);
    return job ? [withRelevance(job, `${score} ${publishedAt.toISOString()} ${limit.time} ${limit.id}`)] : [];
  });
}
