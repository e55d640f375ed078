import { type KeysetPage, readingOrder } from '@marquee/chassis/paging/relay-connection';
import type { DataSource } from 'typeorm';
import { NIL } from 'uuid';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { Job } from '../jobs/job-model.js';
import { PortfolioAsset } from '../portfolio/portfolio-model.js';
import type { ReviewItem, ReviewKind } from './review-model.js';
import { effectiveStatusSql } from '../jobs/job-store.js';
import { maxUuid } from '../paging/id-page.js';
import { queryRows } from '../database/statements.js';

/** One page of the review queue, oldest first. */
export type ReviewQueuePage = KeysetPage<readonly [since: string, id: string]>;

/** An item with the time at which it entered the queue. */
export interface QueuedItem {
  since: Date;
  item: ReviewItem;
}

export interface StatusCount {
  status: string;
  count: number;
}

/** Reads the review queue. */
export function reviewStore(source: DataSource) {
  return { listQueue, countByStatus };

  /** Reads each status separately from its index, and at most as many rows of it as the page needs. */
  async function listQueue(
    kind: ReviewKind,
    statuses: readonly string[],
    page: ReviewQueuePage,
  ): Promise<QueuedItem[]> {
    const { entity, table, since, status, live, sinceOf } = queueTables[kind];
    const [afterTime, afterId] = page.after ?? ['-infinity', NIL];
    const [beforeTime, beforeId] = page.before ?? ['infinity', maxUuid];
    const order = readingOrder('ASC', page);
    const ids = `select listed.id from unnest(cast(:statuses as text[])) as sought (status) cross join lateral (
      select t.id from ${table} t where t.${status} = sought.status and ${live}
        and (t.${since}, t.id) > (cast(:afterTime as timestamptz), cast(:afterId as uuid))
        and (t.${since}, t.id) < (cast(:beforeTime as timestamptz), cast(:beforeId as uuid))
      order by t.${since} ${order}, t.id ${order} limit :limit) as listed`;
    const items = await source
      .getRepository<ReviewItem>(entity)
      .createQueryBuilder('item')
      .where(`item.id in (${ids})`, { statuses, afterTime, afterId, beforeTime, beforeId, limit: page.limit })
      .orderBy(`item.${sinceOf}`, order)
      .addOrderBy('item.id', order)
      .limit(page.limit)
      .getMany();
    return items.map((item) => ({ item, since: queuedSince(item) }));
  }

  async function countByStatus(kind: ReviewKind): Promise<StatusCount[]> {
    return queryRows<StatusCount>(source, queueTables[kind].counted);
  }
}

/** The table and columns of each kind of item. */
const queueTables = {
  PROFILE: {
    entity: FreelancerProfile,
    table: 'freelancer_profiles',
    since: 'submitted_at',
    sinceOf: 'submittedAt',
    status: 'status',
    live: 'true',
    counted: 'select status, count(*)::integer as count from freelancer_profiles group by status',
  },
  JOB: {
    entity: Job,
    table: 'jobs',
    since: 'submitted_at',
    sinceOf: 'submittedAt',
    status: 'status',
    live: 'true',
    counted: `select ${effectiveStatusSql('job')} as status, count(*)::integer as count from jobs job group by 1`,
  },
  ASSET: {
    entity: PortfolioAsset,
    table: 'portfolio_assets',
    since: 'pending_since',
    sinceOf: 'pendingSince',
    status: 'review',
    live: 't.removed_at is null',
    counted: `select review as status, count(*)::integer as count from portfolio_assets
      where removed_at is null group by review`,
  },
} as const;

function queuedSince(item: ReviewItem): Date {
  return 'pendingSince' in item ? item.pendingSince : item.submittedAt;
}
