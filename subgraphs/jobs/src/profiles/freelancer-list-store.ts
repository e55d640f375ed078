import type { DataSource } from 'typeorm';
import type { FreelancerCriteria } from './freelancer-filter-store.js';
import { FreelancerSort } from './freelancer-list-inputs.js';
import { listByRelevance } from './freelancer-relevance-store.js';
import { createFreelancerQuery, type FreelancerQuery } from './freelancer-search-store.js';
import type { FreelancerProfile } from './profile-model.js';

/** One page of a sorted list. */
export interface SortedPage {
  sort: FreelancerSort;
  limit: number;
  /** The sort value and the id of the last row of the previous page. */
  after: readonly [value: string | number, id: string] | null;
}

/** A profile with its sort value, from which its cursor is made. */
export interface SortedFreelancer {
  value: string | number;
  profile: FreelancerProfile;
}

/** Lists APPROVED profiles only, for every caller. */
export function freelancerListStore(source: DataSource) {
  return { list };

  async function list(criteria: FreelancerCriteria, page: SortedPage): Promise<SortedFreelancer[]> {
    const query = createFreelancerQuery(source, criteria);
    switch (page.sort) {
      case FreelancerSort.NEWEST:
        return listNewest(query, page);
      case FreelancerSort.ALPHABETICAL:
        return listByColumn(query, page, 'foldedName', 'ASC');
      case FreelancerSort.FEATURED:
        return listByColumn(query, page, 'featured', 'DESC');
      case FreelancerSort.RELEVANCE:
        return listByRelevance(query, page);
    }
  }
}

async function listNewest(query: FreelancerQuery, { after, limit }: SortedPage): Promise<SortedFreelancer[]> {
  const afterCursor = after === null ? '' : 'where found.id < :id';
  const rest = `${afterCursor} order by found.id desc limit :limit`;
  const matches = query.selectMatches('found.id', rest, { id: after?.[1], limit });
  const profiles = await query.joinProfiles(matches).orderBy('profile.id', 'DESC').limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: '' }));
}

async function listByColumn(
  query: FreelancerQuery,
  { after, limit }: SortedPage,
  sort: keyof typeof columns,
  direction: 'ASC' | 'DESC',
): Promise<SortedFreelancer[]> {
  const [last, id] = after ?? [];
  const column = columns[sort];
  const afterCursor = `where (${column}, found.id) ${direction === 'DESC' ? '<' : '>'} (:last, :id)`;
  const order = `order by ${column} ${direction}, found.id ${direction} limit :limit`;
  const rest = `${after === null ? '' : afterCursor} ${order}`;
  const matches = query.selectMatches('found.id', rest, { last, id, limit });
  const ordered = query.joinProfiles(matches).orderBy(`profile.${sort}`, direction).addOrderBy('profile.id', direction);
  return (await ordered.limit(limit).getMany()).map((profile) => ({ profile, value: toCursorValue(profile[sort]) }));
}

const columns = { foldedName: 'found.folded_name', featured: 'found.featured' } as const;

/** A cursor cannot contain booleans. Postgres reads 1 and 0 as true and false. */
function toCursorValue(value: string | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
