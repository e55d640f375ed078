import type { DataSource } from 'typeorm';
import { insertJobsSql, insertProfilesSql } from './insert-statements.js';
import { firstNames, lastNames, cities, terms, words } from '../word-lists.js';

/** A loaded data set, with the keys of the rows that one user owns. */
export interface Dataset {
  /** The user with favourites and a folder. */
  userId: string;
  folderId: string;
  /** Ids of the taxonomy terms by category and slug. */
  termIds: TermIds;
}

export type TermIds = Record<string, Record<string, string>>;

/** Rows that are favourites and folder members. */
const ownedRows = 300;

/**
 * Fills the tables of the jobs service with `size` profiles and `size` jobs, nine out of ten of them public. The data
 * is deterministic: the same size yields the same rows.
 */
export async function loadDataset(source: DataSource, size: number): Promise<Dataset> {
  const userId = '019a0000-0000-7000-8000-00000000c001';
  const folderId = '019a0000-0000-7000-8000-00000000c002';
  const termIds = await loadTerms(source);
  await addRows(source, termIds, size);
  await source.query(favorites, [userId, ownedRows]);
  await source.query(`insert into folders (id, owner_id, name) values ($1, $2, 'Shortlist')`, [folderId, userId]);
  await source.query(members, [folderId, ownedRows]);
  await source.query('vacuum analyze freelancer_profiles, jobs, favorites, folder_members, taxonomy_terms');
  return { userId, folderId, termIds };
}

/** Appends `count` profiles and `count` jobs to a data set. */
export async function addRows(source: DataSource, termIds: TermIds, count: number): Promise<void> {
  const lists = { words, firstNames, lastNames, cities, ...idLists(termIds) };
  const statements = [
    ['freelancer_profiles', insertProfilesSql(lists)],
    ['jobs', insertJobsSql(lists)],
  ] as const;
  await Promise.all(
    statements.map(async ([table, statement]) => {
      const [{ existing }] = await source.query<[{ existing: number }]>(
        `select count(*)::integer as existing from ${table}`,
      );
      await source.query(statement, [existing + 1, existing + count]);
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
     on conflict (category, slug) do update set label = excluded.label returning id, category, slug`,
    [all.map(({ category }) => category), all.map(({ slug }) => slug)],
  );
  const termIds: TermIds = {};
  for (const { id, category, slug } of rows) (termIds[category] ??= {})[slug] = id;
  return termIds;
}

function idLists(termIds: TermIds): Record<string, string[]> {
  return Object.fromEntries(Object.entries(termIds).map(([category, ids]) => [category, Object.values(ids)]));
}
