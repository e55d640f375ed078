import type { Quotas } from '@marquee/chassis/quotas/postgres-quotas';
import type { DataSource } from 'typeorm';
import type { JobsAction } from '../quotas.js';
import type { Job } from './job-model.js';
import { lockJob } from './job-writing-store.js';
import { queryRows } from '../database/statements.js';

export interface Invitation {
  jobId: string;
  profileId: string;
}

/** Reads and writes the invitations to jobs. */
export function invitationStore(source: DataSource, quotas: Quotas<JobsAction>) {
  return { ofJobs, invite };

  async function ofJobs(jobIds: readonly string[]): Promise<Invitation[]> {
    return queryRows<Invitation>(source, invitationStatement, [jobIds]);
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

const invitedStatement = 'select profile_id from job_invitations where job_id = $1';

const inviteStatement = `
  insert into job_invitations (job_id, profile_id) select $1, unnest(cast($2 as uuid[])) on conflict do nothing`;
