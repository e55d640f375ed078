import type { ExportPage } from '@marquee/chassis/graphql/exported-record';
import { type PersonRows, readPersonRows } from '@marquee/chassis/postgres/person-rows';
import type { DataSource } from 'typeorm';

/** Reads the data that are stored about a person. */
export function exportStore(source: DataSource) {
  return {
    recordsOf: (userId: string, page: ExportPage) => readPersonRows(source, personRows, userId, page),
  };
}

const ownProfile = '(select id from freelancer_profiles where owner_id = $1)';
const ofOwnProfile = `held.profile_id = ${ownProfile}`;

/**
 * Every table with rows about a person, or by a person; a test compares it with all tables (`local/test/deleted-people.test.ts`).
 * Those that others wrote about the person are included, without their authors.
 */
const personRows: readonly PersonRows[] = [
  {
    kind: 'freelancerProfile',
    from: 'freelancer_profiles held',
    where: 'held.owner_id = $1',
    omit: ['search', 'folded_name', 'folded_locations', 'review_owner_id'],
  },
  { kind: 'portfolioAsset', from: 'portfolio_assets held', where: ofOwnProfile },
  { kind: 'profileNoteAboutMe', from: 'profile_notes held', where: ofOwnProfile, omit: ['author_id'] },
  { kind: 'feedbackAboutMe', from: 'feedback held', where: ofOwnProfile, omit: ['author_id'] },
  { kind: 'proposal', from: 'proposals held', where: ofOwnProfile },
  { kind: 'invitation', from: 'job_invitations held', where: ofOwnProfile, key: 'held.job_id::text' },
  {
    kind: 'coverContribution',
    from: 'cover_contributors held',
    where: ofOwnProfile,
    key: `held.cover_id || '#' || held.position`,
  },
  { kind: 'job', from: 'jobs held', where: 'held.poster_id = $1', omit: ['search', 'review_notes_by'] },
  {
    kind: 'reviewNotes',
    from: '(select id, review_notes, review_notes_by from jobs) held',
    where: 'held.review_notes_by = $1',
  },
  { kind: 'profileNote', from: 'profile_notes held', where: 'held.author_id = $1' },
  { kind: 'feedback', from: 'feedback held', where: 'held.author_id = $1' },
  {
    kind: 'review',
    from: '(select id, review_owner_id, last_reviewed_at from freelancer_profiles) held',
    where: 'held.review_owner_id = $1',
  },
  { kind: 'favorite', from: 'favorites held', where: 'held.user_id = $1', key: 'held.profile_id::text' },
  { kind: 'folder', from: 'folders held', where: 'held.owner_id = $1' },
  {
    kind: 'folderMember',
    from: 'folder_members held join folders on folders.id = held.folder_id',
    where: 'folders.owner_id = $1',
    key: `held.folder_id || '#' || held.profile_id`,
  },
  { kind: 'sharedFolder', from: 'folder_shares held', where: 'held.user_id = $1', key: 'held.folder_id::text' },
  { kind: 'deactivation', from: 'inactive_people held', where: 'held.user_id = $1', key: 'held.user_id::text' },
  { kind: 'accountChange', from: 'person_changes held', where: 'held.user_id = $1', key: 'held.kind' },
  { kind: 'quota', from: 'action_quotas held', where: 'held.user_id = $1', key: 'held.action' },
];
