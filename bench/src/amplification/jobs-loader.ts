import type { DataSource } from 'typeorm';
import { loadDataset, type TermIds } from '../search/dataset.js';
import { hash, id, type Lists, some, text } from '../search/insert-statements.js';
import { words } from '../word-lists.js';
import type { StoreSizes } from './store-sizes.js';

/** Fills the tables of the jobs service. The rows of the caller belong to `hiringUserId`. */
export async function loadJobs(source: DataSource, sizes: StoreSizes, hiringUserId: string): Promise<void> {
  const { people, covers, owned } = sizes;
  const { termIds } = await loadDataset(source, people);
  const lists: Lists = { words, ...idLists(termIds) };
  await source.query(insertCovers(lists), [covers]);
  await source.query(insertAssets(lists), [people]);
  await source.query(insertJob(lists), [hiringUserId]);
  await source.query(insertProposals(lists), [hiringUserId, owned]);
  await source.query(insertInvitations, [hiringUserId]);
  await source.query(insertFavorites, [hiringUserId, owned]);
  await source.query(insertFolders, [hiringUserId, owned / 10]);
  await source.query(insertFolderMembers, [hiringUserId, owned / 10]);
  await source.query(insertNotes(lists), [owned, hiringUserId]);
  await source.query('vacuum analyze');
}

function idLists(termIds: TermIds): Record<string, string[]> {
  return Object.fromEntries(Object.entries(termIds).map(([category, ids]) => [category, Object.values(ids)]));
}

function insertCovers(lists: Lists): string {
  return `insert into book_covers (id, slug, title, author, publisher, image_id, genre_ids, audience_ids, visual_tag_ids)
    select ${id('7')}, 'cover-' || i, ${text(lists, 4, 700)}, ${text(lists, 2, 710)}, ${text(lists, 2, 720)},
      ${id('8')}, ${some(lists, 'GENRE', 3)}, ${some(lists, 'AUDIENCE', 4)}, ${some(lists, 'IMAGE_TAG', 5)}
    from generate_series(1, $1::integer) as i`;
}

/** Two assets for each profile. */
function insertAssets(lists: Lists): string {
  return `insert into portfolio_assets (id, profile_id, title, description, type, url, review, tag_ids, position)
    select gen_random_uuid(), profile.id, ${text(lists, 4, 800)}, ${text(lists, 40, 810)}, 'LINK',
      'https://example.com/work', 'APPROVED', ${some(lists, 'STYLE', 6)}, place
    from (select id, row_number() over (order by id)::integer as i from freelancer_profiles) as numbered
    join freelancer_profiles profile using (id) cross join generate_series(1, 2) as place where i <= $1`;
}

function insertJob(lists: Lists): string {
  return `insert into jobs (id, poster_id, title, project_type_id, summary, creative_direction, audience_ids, genre_ids,
      status, published_at)
    select ${id('9')}, $1, 'A job with many proposals', (select id from taxonomy_terms where category = 'PROJECT_TYPE'
      limit 1), ${text(lists, 50, 900)}, ${text(lists, 50, 910)}, ${some(lists, 'AUDIENCE', 8)},
      ${some(lists, 'GENRE', 9)}, 'PUBLISHED', now()
    from generate_series(1, 20) as i`;
}

function insertProposals(lists: Lists): string {
  return `insert into proposals (id, job_id, profile_id, pitch, status)
    select gen_random_uuid(), job.id, profile.id, ${text(lists, 100, 920)}, 'SUBMITTED'
    from (select id from jobs where poster_id = $1 limit 5) as job cross join (
      select id, row_number() over (order by id)::integer as i from freelancer_profiles where status = 'APPROVED' limit $2
    ) as profile on conflict do nothing`;
}

const insertInvitations = `
  insert into job_invitations (job_id, profile_id)
  select job.id, profile.id from (select id from jobs where poster_id = $1) as job
  cross join (select id from freelancer_profiles where status = 'APPROVED' limit 200) as profile on conflict do nothing`;

const insertFavorites = `
  insert into favorites (user_id, profile_id)
  select $1, id from freelancer_profiles limit $2 on conflict do nothing`;

const insertFolders = `
  insert into folders (id, owner_id, name, privacy)
  select gen_random_uuid(), $1, 'Folder ' || i, 'SHARED_TEAM' from generate_series(1, $2::integer) as i`;

const insertFolderMembers = `
  insert into folder_members (folder_id, profile_id)
  select folder.id, profile.id from (select id from folders where owner_id = $1) as folder
  cross join (select id from freelancer_profiles where status = 'APPROVED' limit $2) as profile on conflict do nothing`;

function insertNotes(lists: Lists): string {
  return `with profile as (select id from freelancer_profiles where status = 'APPROVED' order by id desc limit 20),
    noted as (insert into profile_notes (id, profile_id, kind, author_id, body)
      select gen_random_uuid(), profile.id, 'GENERAL', $2, ${text(lists, 50, 930)}
      from profile cross join generate_series(1, $1::integer / 10) as i returning id)
    insert into feedback (id, profile_id, author_id, body)
    select gen_random_uuid(), profile.id, $2, ${text(lists, 50, 940)}
    from profile cross join generate_series(1, $1::integer / 10) as i where ${hash('i')} >= 0`;
}
