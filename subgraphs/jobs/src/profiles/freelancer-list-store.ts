import { type KeysetPage, maxCounted, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import { countUpToMax } from '@marquee/chassis/postgres/bounded-count';
import type { DataSource } from 'typeorm';
import { type Facet, facetCounter } from '../facets/facet-store.js';
import type { FreelancerCriteria } from './freelancer-filter-store.js';
import { FreelancerSort } from './freelancer-list-inputs.js';
import { listByRelevance } from './freelancer-relevance-store.js';
import { createFreelancerQuery, type FreelancerQuery } from './freelancer-search-store.js';
import type { FreelancerProfile } from './profile-model.js';

/** One page of a sorted list. */
export interface SortedPage extends KeysetPage<readonly [value: string | number, id: string]> {
  sort: FreelancerSort;
}

/** A profile with its sort value, from which its cursor is made. */
export interface SortedFreelancer {
  value: string | number;
  profile: FreelancerProfile;
}

/** Lists APPROVED profiles only, for every caller. */
export function freelancerListStore(source: DataSource) {
  return {
    list,
    count,
    countFacets: facetCounter(source, (criteria: FreelancerCriteria) => facetsOf(source, criteria)),
  };

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

  /** The number of profiles that match criteria without words, at most `maxCounted`. */
  async function count(criteria: FreelancerCriteria): Promise<number> {
    return countUpToMax(createFreelancerQuery(source, criteria).selectFirst(newestCounted));
  }
}

const newestCounted = { order: 'found.id desc', limit: maxCounted };

/** The values of profiles for each filter, of the newest profiles that match the others. */
function facetsOf(source: DataSource, criteria: FreelancerCriteria): Facet[] {
  return Object.entries(facetColumns).map(([name, column]) => {
    const matches = createFreelancerQuery(source, { ...criteria, [name]: null }).selectFirst(newestCounted);
    // A lookup of each match: a join could read the whole table.
    const values = `(select p.${column} from freelancer_profiles p where p.id = matching.id)`;
    const rows = `select ${values} as values from (${matches.getQuery()}) as matching`;
    return { name, rows, parameters: matches.getParameters() };
  });
}

const facetColumns = {
  audienceIds: 'audience_ids',
  styleIds: 'style_ids',
  genreIds: 'genre_ids',
  imageTagIds: 'image_tag_ids',
};

async function listNewest(query: FreelancerQuery, page: SortedPage): Promise<SortedFreelancer[]> {
  const { after, before, limit } = page;
  const order = readingOrder('DESC', page);
  const range = allOf(after !== null && 'found.id < :afterId', before !== null && 'found.id > :beforeId');
  const first = { range, order: `found.id ${order}`, limit };
  const matches = query.selectFirst(first, { afterId: after?.[1], beforeId: before?.[1] });
  const profiles = await query.joinProfiles(matches).orderBy('profile.id', order).limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: '' }));
}

async function listByColumn(
  query: FreelancerQuery,
  page: SortedPage,
  sort: keyof typeof columns,
  listOrder: Order,
): Promise<SortedFreelancer[]> {
  const { after, before, limit } = page;
  const [column, order] = [columns[sort], readingOrder(listOrder, page)];
  const [further, nearer] = listOrder === 'DESC' ? ['<', '>'] : ['>', '<'];
  const range = allOf(
    after !== null && `(${column}, found.id) ${further} (:afterValue, :afterId)`,
    before !== null && `(${column}, found.id) ${nearer} (:beforeValue, :beforeId)`,
  );
  const [[afterValue, afterId], [beforeValue, beforeId]] = [after ?? [], before ?? []];
  const first = { range, order: `${column} ${order}, found.id ${order}`, limit };
  const matches = query.selectFirst(first, { afterValue, afterId, beforeValue, beforeId });
  const ordered = query.joinProfiles(matches).orderBy(`profile.${sort}`, order).addOrderBy('profile.id', order);
  return (await ordered.limit(limit).getMany()).map((profile) => ({ profile, value: toCursorValue(profile[sort]) }));
}

const columns = { foldedName: 'found.folded_name', featured: 'found.featured' } as const;

function allOf(...conditions: readonly (string | false)[]): string {
  return conditions.filter((condition) => condition !== false).join(' and ') || 'true';
}

/** A cursor cannot contain booleans. Postgres reads 1 and 0 as true and false. */
function toCursorValue(value: string | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
