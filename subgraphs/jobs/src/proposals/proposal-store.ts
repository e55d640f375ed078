import { countUpToMax } from '@marquee/chassis/postgres/bounded-count';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { Proposal, type ProposalStatus } from './proposal-model.js';
import { idOrder, type IdPage, idRange } from '../paging/id-page.js';
import { queryRows } from '../database/statements.js';

/** One page of the proposals that a job has received, newest first. */
export interface ReceivedPage extends IdPage {
  status: ProposalStatus | null;
}

export interface ProposalCount {
  jobId: string;
  count: number;
}

/** Reads proposals. A draft does not count as received by its job. */
export function proposalStore(source: DataSource) {
  return {
    byIds,
    receivedByJobs: (jobs: readonly string[], page: ReceivedPage) => listReceivedPages(proposals(), jobs, page),
    countsOfJobs,
    countByStatus,
    ...proposalsByUser(proposals),
  };

  async function byIds(ids: readonly string[]): Promise<Proposal[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : proposals().where('proposal.id = any(:known)', { known }).getMany();
  }

  async function countsOfJobs(jobIds: readonly string[]): Promise<ProposalCount[]> {
    return queryRows<ProposalCount>(source, countStatement, [jobIds]);
  }

  /** The number of proposals of a user in each status that occurs. */
  async function countByStatus(userId: string): Promise<{ status: ProposalStatus; count: number }[]> {
    return queryRows(source, statusStatement, [userId]);
  }

  function proposals(): SelectQueryBuilder<Proposal> {
    return source.getRepository(Proposal).createQueryBuilder('proposal');
  }
}

/** Reads the proposals that a user has made. */
function proposalsByUser(proposals: () => SelectQueryBuilder<Proposal>) {
  return { madeBy, countMadeBy, madeFor };

  async function madeBy(userId: string, page: IdPage): Promise<Proposal[]> {
    return ofUser(userId)
      .andWhere('proposal.id < :after and proposal.id > :before', idRange(page))
      .orderBy('proposal.id', idOrder(page))
      .limit(page.limit)
      .getMany();
  }

  /** At most `maxCounted`. */
  async function countMadeBy(userId: string): Promise<number> {
    return countUpToMax(ofUser(userId));
  }

  /** Returns the proposals of a user for these jobs. */
  async function madeFor(userId: string, jobIds: readonly string[]): Promise<Proposal[]> {
    return ofUser(userId).andWhere('proposal.jobId = any(:jobIds)', { jobIds }).getMany();
  }

  function ofUser(userId: string): SelectQueryBuilder<Proposal> {
    return proposals().where(`proposal.profileId = ${ownProfile}`, { userId });
  }
}

/**
 * Returns one page per job in one statement. The lateral join reads only the rows of the page from the index for each job.
 */
async function listReceivedPages(
  proposals: SelectQueryBuilder<Proposal>,
  jobIds: readonly string[],
  page: ReceivedPage,
): Promise<Proposal[]> {
  const statusCondition = page.status === null ? '' : 'and p.status = :status';
  const pages = `select listed.id from unnest(cast(:jobIds as uuid[])) as job (id) cross join lateral (
    select p.id from proposals p
    where p.job_id = job.id and p.status <> 'DRAFT' ${statusCondition} and p.id < :after and p.id > :before
    order by p.id ${idOrder(page)} limit :limit) as listed`;
  return proposals
    .where(`proposal.id in (${pages})`)
    .setParameters({ jobIds, status: page.status, limit: page.limit, ...idRange(page) })
    .orderBy('proposal.id', idOrder(page))
    .getMany();
}

const ownProfile = '(select profile.id from freelancer_profiles profile where profile.owner_id = :userId)';

const statusStatement = `
  select proposal.status, count(*)::integer as count
  from freelancer_profiles profile join proposals proposal on proposal.profile_id = profile.id
  where profile.owner_id = $1 group by proposal.status`;

const countStatement = `
  select job_id as "jobId", count(*)::integer as count from proposals
  where job_id = any($1) and status <> 'DRAFT' group by job_id`;
