import { countUpToMax } from '@marquee/chassis/postgres/bounded-count';
import { prepareRead } from '@marquee/chassis/postgres/prepared-read';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { Job, type JobStatus } from './job-model.js';
import type { JobRelation } from './job-visibility-rules.js';
import { idOrder, type IdPage, idRange } from '../paging/id-page.js';
import { queryRows } from '../database/statements.js';

/** Reads jobs without regard to visibility. */
export function jobStore(source: DataSource) {
  const readByIds = prepareRead(source, Job, (columns) => `select ${columns} from jobs where id = any($1)`);
  return { byIds, postedBy, countPostedBy, countByStatus, relationsOf };

  async function byIds(ids: readonly string[]): Promise<Job[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : readByIds([known]);
  }

  async function postedBy(posterId: string, status: JobStatus | null, page: IdPage): Promise<Job[]> {
    return ofPoster(posterId, status)
      .andWhere('job.id < :after and job.id > :before', idRange(page))
      .orderBy('job.id', idOrder(page))
      .limit(page.limit)
      .getMany();
  }

  async function countPostedBy(posterId: string, status: JobStatus | null): Promise<number> {
    return countUpToMax(ofPoster(posterId, status));
  }

  /** The number of jobs of a poster in each status that occurs. */
  async function countByStatus(posterId: string): Promise<{ status: JobStatus; count: number }[]> {
    return queryRows(source, countStatement, [posterId]);
  }

  function ofPoster(posterId: string, status: JobStatus | null): SelectQueryBuilder<Job> {
    const query = source.getRepository(Job).createQueryBuilder('job').where('job.posterId = :posterId', { posterId });
    return status === null ? query : query.andWhere(`:status = ${effectiveStatusSql('job')}`, { status });
  }

  /** Returns how a user is related to these jobs through the user's profile. Unrelated jobs are omitted. */
  async function relationsOf(userId: string, jobIds: readonly string[]): Promise<JobRelation[]> {
    return queryRows<JobRelation>(source, relationStatement, [userId, jobIds]);
  }
}

/** The SQL expression of `effectiveStatus`. */
export function effectiveStatusSql(alias: string): string {
  return `case when ${alias}.status in ('PUBLISHED', 'PRIVATE_OUTREACH') and ${alias}.closes_at <= now()
    then 'CLOSED' else ${alias}.status end`;
}

const countStatement = `select ${effectiveStatusSql('job')} as status, count(*)::integer as count
  from jobs job where job.poster_id = $1 group by 1`;

const relationStatement = `
  select relation.job_id as "jobId", bool_or(relation.is_invited) as "isInvited", bool_or(relation.has_proposal) as "hasProposal"
  from freelancer_profiles profile cross join lateral (
    select job_id, true as is_invited, false as has_proposal from job_invitations
    where profile_id = profile.id and job_id = any($2)
    union all
    select job_id, false, true from proposals where profile_id = profile.id and job_id = any($2)
  ) as relation
  where profile.owner_id = $1
  group by relation.job_id`;
