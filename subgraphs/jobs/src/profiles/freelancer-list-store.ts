import type { DataSource } from 'typeorm';
import { FreelancerSort } from './freelancer-list-inputs.js';
import type { FreelancerProfile } from './profile-model.js';
import { freelancerMatches, type FreelancerMatches } from './freelancer-search-store.js';
import type { ListedFreelancers } from './freelancer-filter-store.js';
import { mostRelevant } from './freelancer-relevance-store.js';

/** One page of a sorted list, after the row with this sort value and id. */
export interface SortedPage {
  sort: FreelancerSort;
  limit: number;
  after: readonly [value: string | number, id: string] | null;
}

/** A freelancer with the value that they are sorted by. */
export interface Listed {
  value: string | number;
  profile: FreelancerProfile;
}

/** Lists APPROVED profiles; nobody finds any other here. */
export function freelancerList(source: DataSource) {
  return { listed };

  async function listed(filter: ListedFreelancers, page: SortedPage): Promise<Listed[]> {
    const found = freelancerMatches(source, filter);
    switch (page.sort) {
      case FreelancerSort.NEWEST:
        return newestFirst(found, page);
      case FreelancerSort.ALPHABETICAL:
        return sorted(found, page, 'foldedName', 'ASC');
      case FreelancerSort.FEATURED:
        return sorted(found, page, 'featured', 'DESC');
      case FreelancerSort.RELEVANCE:
        return mostRelevant(found, page);
    }
  }
}

async function newestFirst(found: FreelancerMatches, { after, limit }: SortedPage): Promise<Listed[]> {
  const further = after === null ? '' : 'where found.id < :id';
  const rows = found.taken('found.id', `${further} order by found.id desc limit :limit`, { id: after?.[1], limit });
  const profiles = await found.profilesOf(rows).orderBy('profile.id', 'DESC').limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: '' }));
}

async function sorted(
  found: FreelancerMatches,
  { after, limit }: SortedPage,
  sort: keyof typeof columns,
  direction: 'ASC' | 'DESC',
): Promise<Listed[]> {
  const [last, id] = after ?? [];
  const column = columns[sort];
  const further = `where (${column}, found.id) ${direction === 'DESC' ? '<' : '>'} (:last, :id)`;
  const order = `order by ${column} ${direction}, found.id ${direction} limit :limit`;
  const rows = found.taken('found.id', `${after === null ? '' : further} ${order}`, { last, id, limit });
  const ordered = found.profilesOf(rows).orderBy(`profile.${sort}`, direction).addOrderBy('profile.id', direction);
  return (await ordered.limit(limit).getMany()).map((profile) => ({ profile, value: cursorValue(profile[sort]) }));
}

const columns = { foldedName: 'found.folded_name', featured: 'found.featured' } as const;

/** A cursor holds no booleans; the database reads 1 and 0 as such. */
function cursorValue(value: string | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
