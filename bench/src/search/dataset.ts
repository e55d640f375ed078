import type { DataSource } from 'typeorm';
import { insertJobsSql, insertProfilesSql } from './insert-statements.js';
import { firstNames, lastNames, cities, terms, words } from '../word-lists.js';

/** A crowd that was loaded, and what of it belongs to somebody. */
export interface Dataset {
  /** Has favourites, and a folder. */
  userId: string;
  folderId: string;
  /** The ids of the terms, by category and slug. */
  termIds: TermIds;
}

export type TermIds = Record<string, Record<string, string>>;

/** Things of the crowd that somebody keeps. */
const kept = 300;

/**
 * Fills the tables of the jobs service with so many profiles and as many jobs, nine of ten of them public. The same
 * size makes the same crowd: nothing is drawn by lot.
 */
export async function loadDataset(source: DataSource, size: number): Promise<Dataset> {
  const userId = '019a0000-0000-7000-8000-00000000c001';
  const folderId = '019a0000-0000-7000-8000-00000000c002';
  const termIds = await loadTerms(source);
  await addRows(source, termIds, size);
  await source.query(favorites, [userId, kept]);
  await source.query(`insert into folders (id, owner_id, name) values ($1, $2, 'Shortlist')`, [folderId, userId]);
  await source.query(members, [folderId, kept]);
  await source.query('vacuum analyze freelancer_profiles, jobs, favorites, folder_members, taxonomy_terms');
  return { userId, folderId, termIds };
}

/** Adds so many profiles and jobs to a crowd; they come after those that are there. */
export async function addRows(source: DataSource, termIds: TermIds, count: number): Promise<void> {
  const lists = { words, firstNames, lastNames, cities, ...idLists(termIds) };
  const statements = [
    ['freelancer_profiles', insertProfilesSql(lists)],
    ['jobs', insertJobsSql(lists)],
  ] as const;
  await Promise.all(
    statements.map(async ([table, statement]) => {
      const [{ there }] = await source.query<[{ there: number }]>(`select count(*)::integer as there from ${table}`);
      await source.query(statement, [there + 1, there + count]);
    }),
  );
}

const favorites = 'insert into favorites (user_id, profile_id) select $1, id from freelancer_profiles limit $2';
const members = 'insert into folder_members (folder_id, profile_id) select $1, id from freelancer_profiles limit $2';

async function loadTerms(source: DataSource): Promise<TermIds> {
  const all = Object.entries(terms).flatMap(([category, slugs]) => slugs.map((slug) => ({ category, slug })));
  const rows: { id: string; category: string; slug: string }[] = await source.query(
    `insert into taxonomy_terms (id, category, label, slug)
     select gen_random_uuid(), category, slug, slug from unnest($1::text[], $2::text[]) as term (category, slug)
     returning id, category, slug`,
    [all.map(({ category }) => category), all.map(({ slug }) => slug)],
  );
  const termIds: TermIds = {};
  for (const { id, category, slug } of rows) (termIds[category] ??= {})[slug] = id;
  return termIds;
}

function idLists(termIds: TermIds): Record<string, string[]> {
  return Object.fromEntries(Object.entries(termIds).map(([category, ids]) => [category, Object.values(ids)]));
}
