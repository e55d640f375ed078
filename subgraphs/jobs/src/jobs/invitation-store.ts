import { type KeysetPage, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import type { Quotas } from '@marquee/chassis/quotas/postgres-quotas';
import type { DataSource } from 'typeorm';
import { NIL } from 'uuid';
import { maxUuid } from '../paging/id-page.js';
import type { JobsAction } from '../quotas.js';
import type { Job } from './job-model.js';
import { effectiveStatusSql } from './job-store.js';
import { lockJob } from './job-writing-store.js';
import { queryRows } from '../database/statements.js';

export interface Invitation {
  jobId: string;
  profileId: string;
}

/** An invitation as the invited freelancer sees it. */
export interface ReceivedInvitation {
  jobId: string;
  invitedAt: Date;
}

/** One page of the invitations of a freelancer. */
export type InvitationPage = KeysetPage<readonly [invitedAt: string, jobId: string]>;

/** Reads and writes the invitations to jobs. */
export function invitationStore(source: DataSource, quotas: Quotas<JobsAction>) {
  return { ofJobs, toUser, invite };

  async function ofJobs(jobIds: readonly string[]): Promise<Invitation[]> {
    return queryRows<Invitation>(source, invitationStatement, [jobIds]);
  }

  /** Invitations to jobs that are open or closed, the latest first; backward, in the opposite order. */
  async function toUser(userId: string, page: InvitationPage): Promise<ReceivedInvitation[]> {
    const after = page.after ?? ['infinity', maxUuid];
    const before = page.before ?? ['-infinity', NIL];
    return queryRows(source, receivedStatement(readingOrder('DESC', page)), [userId, ...after, ...before, page.limit]);
  }

  /**
   * @param assertAllowed receives the locked job and the invited profiles, and throws if these cannot be invited
   * @throws RATE_LIMITED if the poster has no quota for the new invitations
   */
  async function invite(
    jobId: string,
    profileIds: readonly string[],
    assertAllowed: (job: Job, invited: readonly string[]) => void,
  ): Promise<void> {
    await source.transaction(async (manager) => {
      const job = await lockJob(manager, jobId);
      if (job === null) return;
      const invited = await queryRows<{ profile_id: string }>(manager, invitedStatement, [jobId]);
      const known = invited.map((invitation) => invitation.profile_id);
      assertAllowed(job, known);
      const added = new Set(profileIds.filter((id) => !known.includes(id)));
      await quotas.take(job.posterId, 'invitation', added.size, manager);
      await manager.query(inviteStatement, [jobId, profileIds]);
    });
  }
}

const invitationStatement = `
  select job_id as "jobId", profile_id as "profileId" from job_invitations
  where job_id = any($1) order by created_at, profile_id`;

function receivedStatement(order: Order): string {
  return `select invitation.job_id as "jobId", invitation.created_at as "invitedAt"
    from freelancer_profiles profile join job_invitations invitation on invitation.profile_id = profile.id
      join jobs job on job.id = invitation.job_id
    where profile.owner_id = $1 and job.poster_is_active
      and ${effectiveStatusSql('job')} in ('PUBLISHED', 'PRIVATE_OUTREACH', 'CLOSED')
      and (invitation.created_at, invitation.job_id) < (cast($2 as timestamptz), cast($3 as uuid))
      and (invitation.created_at, invitation.job_id) > (cast($4 as timestamptz), cast($5 as uuid))
    order by invitation.created_at ${order}, invitation.job_id ${order} limit $6`;
}

const invitedStatement = 'select profile_id from job_invitations where job_id = $1';

const inviteStatement = `
  insert into job_invitations (job_id, profile_id) select $1, unnest(cast($2 as uuid[])) on conflict do nothing`;
