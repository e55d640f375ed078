import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';

/** A job that was closed because its `closesAt` had passed. */
export interface ExpiredJob {
  id: string;
  /** Seconds from `closesAt` until it was closed. */
  delaySeconds: number;
}

/** Closes the jobs whose `closesAt` has passed. The triggers of the table emit their events. */
export function jobClosingStore(source: DataSource) {
  return { expired, closeExpired, closeIfExpired };

  /** The ids of the jobs that expired first and are not closed yet. */
  async function expired(limit: number): Promise<string[]> {
    const rows = await queryRows<{ id: string }>(source, expiredStatement, [limit]);
    return rows.map(({ id }) => id);
  }

  /**
   * Closes the jobs that expired first, in one transaction. Replicas claim different jobs, and none waits for a job that
   * another transaction is changing.
   * @param limit the maximum number of jobs
   */
  async function closeExpired(limit: number): Promise<ExpiredJob[]> {
    return close(limit, null);
  }

  async function closeIfExpired(id: string): Promise<ExpiredJob[]> {
    return close(1, id);
  }

  async function close(limit: number, id: string | null): Promise<ExpiredJob[]> {
    const [closed] = await source.query<[ExpiredJob[], number]>(closeStatement, [limit, id]);
    return closed;
  }
}

/** The index `jobs_by_closing_time` has these rows in this order. */
const isExpired = `status in ('PUBLISHED', 'PRIVATE_OUTREACH') and closes_at <= now()`;

const expiredStatement = `
  with due as (select id from jobs where ${isExpired} order by closes_at limit $1) select id from due`;

export const closeStatement = `
  with due as (
    select id from jobs where ${isExpired} and (cast($2 as uuid) is null or id = $2)
    order by closes_at limit $1 for no key update skip locked
  )
  update jobs set status = 'CLOSED', closed_by_deadline = true, updated_at = now() from due where jobs.id = due.id
  returning jobs.id, cast(extract(epoch from now() - jobs.closes_at) as float8) as "delaySeconds"`;
