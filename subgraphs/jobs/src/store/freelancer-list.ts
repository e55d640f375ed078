import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { FreelancerSort } from '../model/freelancer-list.js';
import { FreelancerProfile } from '../model/freelancer-profile.js';
import { narrow, scoreOf, type ListedFreelancers } from './freelancer-narrowing.js';

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
    const found = source.getRepository(FreelancerProfile).createQueryBuilder('profile').where(isListed);
    narrow(found, filter);
    const { value, direction } = orders[page.sort];
    sort(found.addSelect(value, 'value'), page);
    const { entities, raw } = await found
      .addOrderBy('profile.id', direction)
      .limit(page.limit)
      .getRawAndEntities<{ value: string | number | boolean }>();
    return entities.map((profile, index) => ({ profile, value: cursorValue(raw[index]?.value ?? '') }));
  }
}

/** Spelt like the condition of the partial indexes, which serve no parameter. */
const isListed = `profile.status = 'APPROVED'`;

const orders = {
  NEWEST: { value: `''`, direction: 'DESC' },
  ALPHABETICAL: { value: 'profile.foldedName', direction: 'ASC' },
  FEATURED: { value: 'profile.featured', direction: 'DESC' },
  RELEVANCE: { value: scoreOf, direction: 'DESC' },
} as const;

function sort(found: SelectQueryBuilder<FreelancerProfile>, { sort, after }: SortedPage): void {
  const { value, direction } = orders[sort];
  const further = direction === 'DESC' ? '<' : '>';
  const [last, id] = after ?? [];
  if (sort === FreelancerSort.NEWEST) {
    if (after) found.andWhere(`profile.id ${further} :id`, { id });
    return;
  }
  found.orderBy(sort === FreelancerSort.RELEVANCE ? 'value' : value, direction);
  if (after) found.andWhere(`(${value}, profile.id) ${further} (:last, :id)`, { last, id });
}

/** A cursor holds no booleans; the database reads 1 and 0 as such. */
function cursorValue(value: string | number | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
