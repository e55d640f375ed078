import type { EntityManager } from 'typeorm';
import { queryRows } from '../database/statements.js';

/**
 * The users who were notified of an invitation to a job and have sent no proposal for it. Those who have sent one are
 * notified of the decision on it. For events of builds of jobs that did not name the recipients.
 */
export async function invitedWithoutProposal(manager: EntityManager, jobId: string): Promise<string[]> {
  const invited = await queryRows<{ id: string }>(manager, invitedStatement, [jobId]);
  return invited.map(({ id }) => id);
}

const invitedStatement = `
  select distinct invitation.user_id as id from notifications invitation
  where invitation.about_job = $1 and invitation.kind = 'INVITED_TO_JOB' and not exists (
    select from notifications proposal
    where proposal.about_job = $1 and proposal.kind = 'PROPOSAL_RECEIVED' and proposal.actor_id = invitation.user_id
  )`;
