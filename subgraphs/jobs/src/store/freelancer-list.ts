import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { FreelancerSort } from '../model/freelancer-list.js';
import { FreelancerProfile } from '../model/freelancer-profile.js';
import { narrow, type ListedFreelancers } from './freelancer-narrowing.js';
import { mostRelevant } from './relevance.js';

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
    switch (page.sort) {
      case FreelancerSort.NEWEST:
        return newestFirst(matches(filter), page);
      case FreelancerSort.ALPHABETICAL:
        return sorted(matches(filter), page, 'foldedName', 'ASC');
      case FreelancerSort.FEATURED:
        return sorted(matches(filter), page, 'featured', 'DESC');
      case FreelancerSort.RELEVANCE:
        return mostRelevant(() => matches(filter), page);
    }
  }

  function matches(filter: ListedFreelancers): SelectQueryBuilder<FreelancerProfile> {
    // Spelt like the condition of the partial indexes, which serve no parameter.
    const approved = source
      .getRepository(FreelancerProfile)
      .createQueryBuilder('profile')
      .where(`profile.status = 'APPROVED'`);
    return narrow(approved, filter);
  }
}

async function newestFirst(
  found: SelectQueryBuilder<FreelancerProfile>,
  { after, limit }: SortedPage,
): Promise<Listed[]> {
  if (after !== null) found.andWhere('profile.id < :id', { id: after[1] });
  const profiles = await found.orderBy('profile.id', 'DESC').limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: '' }));
}

async function sorted(
  found: SelectQueryBuilder<FreelancerProfile>,
  { after, limit }: SortedPage,
  column: 'foldedName' | 'featured',
  direction: 'ASC' | 'DESC',
): Promise<Listed[]> {
  const [last, id] = after ?? [];
  const further = direction === 'DESC' ? '<' : '>';
  if (after !== null) found.andWhere(`(profile.${column}, profile.id) ${further} (:last, :id)`, { last, id });
  const ordered = found.orderBy(`profile.${column}`, direction).addOrderBy('profile.id', direction);
  return (await ordered.limit(limit).getMany()).map((profile) => ({ profile, value: cursorValue(profile[column]) }));
}

/** A cursor holds no booleans; the database reads 1 and 0 as such. */
function cursorValue(value: string | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
