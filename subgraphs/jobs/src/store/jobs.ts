import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { Job, type JobStatus } from '../model/job.js';
import type { JobTie } from '../rules/job-access.js';
import { newest, type IdPage } from './page.js';
import { rows } from './rows.js';

/** Which public jobs to show; null does not narrow. */
export interface PublicJobs {
  words: string | null;
  projectTypeIds: readonly string[] | null;
  genreIds: readonly string[] | null;
  audienceIds: readonly string[] | null;
  showSlug: string | null;
}

/** One page of public jobs, the last published first. */
export interface PublishedPage {
  limit: number;
  after: readonly [publishedAt: string, id: string] | null;
}

/** Reads jobs. */
export function jobStore(source: DataSource) {
  return { byIds, published, publishedByPosters, publishedForShows, postedBy, tiesOf };

  async function byIds(ids: readonly string[]): Promise<Job[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : jobs().where('job.id = any(:known)', { known }).getMany();
  }

  async function published(filter: PublicJobs, page: PublishedPage): Promise<Job[]> {
    const found = jobs().where(isPublic('job')).andWhere(isFurther('job'), furtherThan(page));
    narrow(found, filter);
    return found.orderBy('job.publishedAt', 'DESC').addOrderBy('job.id', 'DESC').limit(page.limit).getMany();
  }

  async function publishedByPosters(posters: readonly string[], page: PublishedPage): Promise<Job[]> {
    const known = posters.filter((id) => validate(id));
    return known.length === 0 ? [] : publishedOfEach('poster_id', 'uuid', known, page);
  }

  async function publishedForShows(slugs: readonly string[], page: PublishedPage): Promise<Job[]> {
    return publishedOfEach('show_slug', 'text', slugs, page);
  }

  async function postedBy(posterId: string, status: JobStatus | null, page: IdPage): Promise<Job[]> {
    const found = jobs()
      .where('job.posterId = :posterId and job.id < :after', { posterId, after: page.after ?? newest })
      .orderBy('job.id', 'DESC')
      .limit(page.limit);
    return (status === null ? found : found.andWhere(`:status = ${jobCountsAs('job')}`, { status })).getMany();
  }

  /** What a user has to do with these jobs through their profile; jobs that they have nothing to do with are left out. */
  async function tiesOf(userId: string, jobIds: readonly string[]): Promise<JobTie[]> {
    return rows<JobTie>(source, tieStatement, [userId, jobIds]);
  }

  /** One page for each parent in one statement: the index is entered once for each. */
  async function publishedOfEach(
    column: string,
    type: string,
    parents: readonly string[],
    page: PublishedPage,
  ): Promise<Job[]> {
    const pages = `select listed.id from unnest(cast(:parents as ${type}[])) as parent (key) cross join lateral (
      select j.id from jobs j where j.${column} = parent.key and ${isPublic('j')} and ${isFurther('j')}
      order by j.published_at desc, j.id desc limit :limit) as listed`;
    return jobs()
      .where(`job.id in (${pages})`, { parents, limit: page.limit, ...furtherThan(page) })
      .orderBy('job.publishedAt', 'DESC')
      .addOrderBy('job.id', 'DESC')
      .getMany();
  }

  function jobs(): SelectQueryBuilder<Job> {
    return source.getRepository(Job).createQueryBuilder('job');
  }
}

/** The condition that everyone sees a row of `jobs`. */
function isPublic(alias: string): string {
  return `${alias}.status = 'PUBLISHED' and (${alias}.closes_at is null or ${alias}.closes_at > now())`;
}

function isFurther(alias: string): string {
  return `(${alias}.published_at, ${alias}.id) < (cast(:afterTime as timestamptz), cast(:afterId as uuid))`;
}

function furtherThan({ after }: PublishedPage): { afterTime: string; afterId: string } {
  const [afterTime, afterId] = after ?? ['infinity', newest];
  return { afterTime, afterId };
}

function narrow(jobs: SelectQueryBuilder<Job>, filter: PublicJobs): void {
  const { words, projectTypeIds, genreIds, audienceIds, showSlug } = filter;
  if (words !== null) jobs.andWhere(matches, { words });
  if (projectTypeIds !== null) jobs.andWhere('job.projectTypeId = any(:projectTypeIds)', { projectTypeIds });
  if (genreIds !== null) jobs.andWhere('job.genreIds && cast(:genreIds as uuid[])', { genreIds });
  if (audienceIds !== null) jobs.andWhere('job.audienceIds && cast(:audienceIds as uuid[])', { audienceIds });
  if (showSlug !== null) jobs.andWhere('job.showSlug = :showSlug', { showSlug });
}

const matches = `job.search @@ websearch_to_tsquery('english', lower(cast(:words as text) collate "pg_c_utf8"))`;

/** The state as it reads: what was open is closed when its time is over. */
export function jobCountsAs(alias: string): string {
  return `case when ${alias}.status in ('PUBLISHED', 'PRIVATE_OUTREACH') and ${alias}.closes_at <= now()
    then 'CLOSED' else ${alias}.status end`;
}

const tieStatement = `
  select tie.job_id as "jobId", bool_or(tie.is_invited) as "isInvited", bool_or(tie.has_proposal) as "hasProposal"
  from freelancer_profiles profile cross join lateral (
    select job_id, true as is_invited, false as has_proposal from job_invitations
    where profile_id = profile.id and job_id = any($2)
    union all
    select job_id, false, true from proposals where profile_id = profile.id and job_id = any($2)
  ) as tie
  where profile.owner_id = $1
  group by tie.job_id`;
