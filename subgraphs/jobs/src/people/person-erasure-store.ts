import type { EntityManager } from 'typeorm';
import { queryRows } from '../database/statements.js';

/** The result of an erasure. */
export interface ErasedPerson {
  /** The ids of the jobs for which the user has made proposals. */
  proposedJobs: string[];
  /** The number of erased items by their kind. */
  counts: Record<string, number>;
}

/**
 * Erases everything that the service stores about a user, and everything that the user wrote. Rows to which others refer
 * remain, without content: the profile, jobs, and proposals. Expects that the jobs of the user are closed.
 */
export async function erasePerson(manager: EntityManager, userId: string): Promise<ErasedPerson> {
  const jobs = await queryRows<{ job_id: string }>(manager, proposedJobsStatement, [userId]);
  const counts: Record<string, number> = {};
  for (const [kind, statement] of statements) {
    const [, count] = await manager.query<[unknown, number]>(statement, [userId]);
    counts[kind] = (counts[kind] ?? 0) + count;
  }
  return { proposedJobs: jobs.map((job) => job.job_id), counts };
}

const ownProfile = '(select id from freelancer_profiles where owner_id = $1)';

const proposedJobsStatement = `select job_id from proposals where profile_id = ${ownProfile}`;

/**
 * Each with the kind of the items that it erases, and the id of the user as $1. Jobs come before proposals, as in all
 * transactions, so that none deadlock.
 */
const statements: readonly [kind: string, statement: string][] = [
  [
    'jobs',
    `update jobs set title = 'Deleted job', company_or_author = null, summary = '', creative_direction = null,
      comp_titles = '{}', likes = null, dislikes = null, budget = null, timeline = null, attachment_ids = '{}',
      review_notes = null, review_notes_by = null, status = case when status = 'CLOSED' then 'CLOSED' else 'ARCHIVED' end
      where poster_id = $1`,
  ],
  [
    'proposals',
    `update proposals set pitch = '', quote = null, estimated_days = null,
      status = case when status in ('DRAFT', 'SUBMITTED', 'SHORTLISTED') then 'WITHDRAWN' else status end
      where profile_id = ${ownProfile}`,
  ],
  ['invitations', `delete from job_invitations where profile_id = ${ownProfile}`],
  ['portfolioAssets', `delete from portfolio_assets where profile_id = ${ownProfile}`],
  ['profileNotes', `delete from profile_notes where profile_id = ${ownProfile}`],
  ['feedback', `delete from feedback where profile_id = ${ownProfile}`],
  ['favorites', `delete from favorites where profile_id = ${ownProfile}`],
  ['folderMembers', `delete from folder_members where profile_id = ${ownProfile}`],
  [
    'coverCredits',
    `update cover_contributors set name = 'Deleted user', profile_id = null where profile_id = ${ownProfile}`,
  ],
  [
    'freelancerProfiles',
    `update freelancer_profiles set slug = 'deleted-' || right(replace(id::text, '-', ''), 20), name = '',
      folded_name = '', pronouns = null, summary = null, statement = null, website_links = '[]',
      current_locations = '{}', past_locations = '{}', folded_locations = '', audience_ids = '{}', style_ids = '{}',
      genre_ids = '{}', image_tag_ids = '{}', uses_ai = false, ai_details = null, books_excited_about = '{}',
      rate_info = null, avatar_id = null, resume_id = null, featured = false, email = null, has_agent = false,
      agent_details = null, employer_details = null, review_message = null, status = 'ARCHIVED'
      where owner_id = $1`,
  ],
  ['reviewNotes', 'update jobs set review_notes = null, review_notes_by = null where review_notes_by = $1'],
  [
    // The message to the owner is that of the last action, which a SYSTEM note records.
    'reviewNotes',
    `update freelancer_profiles profile set review_message = null
      where id in (select profile_id from profile_notes where author_id = $1 and kind = 'SYSTEM')
        and $1 = (select author_id from profile_notes note where note.profile_id = profile.id and kind = 'SYSTEM'
          order by note.id desc limit 1)`,
  ],
  ['profileNotes', `delete from profile_notes where author_id = $1 and kind <> 'SYSTEM'`],
  // The record of a decision remains, without the comment that follows it.
  ['profileNotes', `update profile_notes set body = split_part(body, ': ', 1) where author_id = $1`],
  ['feedback', 'delete from feedback where author_id = $1'],
  ['favorites', 'delete from favorites where user_id = $1'],
  ['folderShares', 'delete from folder_shares where user_id = $1'],
  ['folders', 'delete from folders where owner_id = $1'],
  ['quotas', 'delete from action_quotas where user_id = $1'],
];
