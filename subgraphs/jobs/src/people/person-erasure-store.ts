import type { EntityManager } from 'typeorm';
import { queryRows } from '../database/statements.js';

/**
 * Erases everything that the service stores about a user, and everything that the user wrote. Rows to which others refer
 * remain, without content: the profile, jobs, and proposals. Expects that the jobs of the user are closed.
 * @returns the ids of the jobs for which the user has made proposals
 */
export async function erasePerson(manager: EntityManager, userId: string): Promise<string[]> {
  const jobs = await queryRows<{ job_id: string }>(manager, proposedJobsStatement, [userId]);
  for (const statement of statements) await manager.query(statement, [userId]);
  return jobs.map((job) => job.job_id);
}

const ownProfile = '(select id from freelancer_profiles where owner_id = $1)';

const proposedJobsStatement = `select job_id from proposals where profile_id = ${ownProfile}`;

/** Each with the id of the user as $1. Jobs come before proposals, as in all transactions, so that none deadlock. */
const statements: readonly string[] = [
  `update jobs set title = 'Deleted job', company_or_author = null, summary = '', creative_direction = null,
    comp_titles = '{}', likes = null, dislikes = null, budget = null, timeline = null, attachment_ids = '{}',
    review_notes = null, review_notes_by = null, status = case when status = 'CLOSED' then 'CLOSED' else 'ARCHIVED' end
    where poster_id = $1`,
  `update proposals set pitch = '', quote = null, estimated_days = null,
    status = case when status in ('DRAFT', 'SUBMITTED', 'SHORTLISTED') then 'WITHDRAWN' else status end
    where profile_id = ${ownProfile}`,
  `delete from job_invitations where profile_id = ${ownProfile}`,
  `delete from portfolio_assets where profile_id = ${ownProfile}`,
  `delete from profile_notes where profile_id = ${ownProfile}`,
  `delete from feedback where profile_id = ${ownProfile}`,
  `delete from favorites where profile_id = ${ownProfile}`,
  `delete from folder_members where profile_id = ${ownProfile}`,
  `update cover_contributors set name = 'Deleted user', profile_id = null where profile_id = ${ownProfile}`,
  `update freelancer_profiles set slug = 'deleted-' || right(replace(id::text, '-', ''), 20), name = '',
    folded_name = '', pronouns = null, summary = null, statement = null, website_links = '[]', current_locations = '{}',
    past_locations = '{}', folded_locations = '', audience_ids = '{}', style_ids = '{}', genre_ids = '{}',
    image_tag_ids = '{}', uses_ai = false, ai_details = null, books_excited_about = '{}', rate_info = null,
    avatar_id = null, resume_id = null, featured = false, email = null, has_agent = false, agent_details = null,
    employer_details = null, review_message = null, status = 'ARCHIVED'
    where owner_id = $1`,
  'update jobs set review_notes = null, review_notes_by = null where review_notes_by = $1',
  // The message to the owner is that of the last action, which a SYSTEM note records.
  `update freelancer_profiles profile set review_message = null
    where id in (select profile_id from profile_notes where author_id = $1 and kind = 'SYSTEM')
      and $1 = (select author_id from profile_notes note where note.profile_id = profile.id and kind = 'SYSTEM'
        order by note.id desc limit 1)`,
  `delete from profile_notes where author_id = $1 and kind <> 'SYSTEM'`,
  // The record of a decision remains, without the comment that follows it.
  `update profile_notes set body = split_part(body, ': ', 1) where author_id = $1`,
  'delete from feedback where author_id = $1',
  'delete from favorites where user_id = $1',
  'delete from folder_shares where user_id = $1',
  'delete from folders where owner_id = $1',
  'delete from action_quotas where user_id = $1',
];
