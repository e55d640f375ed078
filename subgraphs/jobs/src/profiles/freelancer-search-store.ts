import { fold } from '@marquee/chassis/input/fold';
import { boundedSearchSql } from '@marquee/chassis/postgres/bounded-search';
import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { filterConditions, type FreelancerCriteria } from './freelancer-filter-store.js';
import { FreelancerProfile } from './profile-model.js';

/** Selects the profiles that match a filter, in any order. */
export interface FreelancerQuery {
  /**
   * Selects the first matches as the relation `matches`: the union, without duplicates, of the first rows that each query
   * finds. The work is bounded for every search.
   */
  selectFirst(first: FirstMatches, parameters?: ObjectLiteral): SelectQueryBuilder<ObjectLiteral>;

  /** Selects the complete profiles of such matches, which must include the id. */
  joinProfiles(matches: SelectQueryBuilder<ObjectLiteral>): SelectQueryBuilder<FreelancerProfile>;
}

/** Which matches to select: SQL over `found`, which has id, folded_name and featured. */
export interface FirstMatches {
  /** An expression over all columns of `found`, which is selected as `score`. */
  score?: string;
  /** A condition, such as a range of cursors. Default: all. */
  range?: string;
  order: string;
  limit: number;
}

/**
 * Searches the texts and the names in separate queries. If both were one query with an "or", Postgres would often scan
 * the index of the sort order and compare each name, which is slow. Separately, each uses its own search index.
 */
export function createFreelancerQuery(source: DataSource, criteria: FreelancerCriteria): FreelancerQuery {
  const queries = createMatchQueries(source, criteria);
  return { selectFirst, joinProfiles };

  function selectFirst(first: FirstMatches, parameters: ObjectLiteral = {}): SelectQueryBuilder<ObjectLiteral> {
    const selects = queries.map((query) => `(${firstOf(query, first)})`);
    const all = source
      .createQueryBuilder()
      .select('matches.*')
      .from(`(${selects.join(' union ')})`, 'matches');
    for (const query of queries) all.setParameters(query.parameters);
    return all.setParameters(parameters);
  }

  function joinProfiles(matches: SelectQueryBuilder<ObjectLiteral>): SelectQueryBuilder<FreelancerProfile> {
    const profiles = source.getRepository(FreelancerProfile).createQueryBuilder('profile');
    return profiles
      .innerJoin(`(${matches.getQuery()})`, 'matches', 'matches.id = profile.id')
      .setParameters(matches.getParameters());
  }
}

function firstOf(query: MatchQuery, first: FirstMatches): string {
  const ids = query.firstSql(first);
  if (!first.score) return ids;
  // A lookup of each match: a join could read the whole table.
  const score = `(select ${first.score} from freelancer_profiles found where found.id = ranked.id) as score`;
  return `select ranked.id, ${score} from (${ids}) as ranked`;
}

/** Indexed names have no accents, other indexed texts do: the search text matches in both spellings. */
export const textQuery = `(websearch_to_tsquery('english', :words) || websearch_to_tsquery('english', :folded))`;

function createMatchQueries(source: DataSource, criteria: FreelancerCriteria): MatchQuery[] {
  if (criteria.words === null) return [toMatchQuery(filterProfiles(source, criteria))];
  const values = { words: criteria.words.toLowerCase(), folded: fold(criteria.words) };
  const inTexts = filterProfiles(source, criteria).andWhere(`profile.search @@ ${textQuery}`, values);
  const byName = filterProfiles(source, criteria).andWhere(':folded <% profile.foldedName', values);
  const textMatches = { ...toMatchQuery(inTexts), firstSql: boundedSearch(criteria) };
  // A trigram needs three letters.
  return values.folded.length < 3 ? [textMatches] : [textMatches, withOptimizationFence(byName)];
}

function filterProfiles(source: DataSource, criteria: FreelancerCriteria): SelectQueryBuilder<FreelancerProfile> {
  const approved = source
    .getRepository(FreelancerProfile)
    .createQueryBuilder('profile')
    .select('profile.id', 'id')
    .addSelect('profile.foldedName', 'folded_name')
    .addSelect('profile.featured', 'featured')
    .where(isListed('profile'));
  for (const { condition, values } of filterConditions('profile', criteria)) approved.andWhere(condition, values);
  return approved;
}

/** A literal, as in the condition of the partial indexes: Postgres does not use them for a parameter. */
function isListed(alias: string): string {
  return `${alias}.status = 'APPROVED' and ${alias}.owner_is_active`;
}

function toMatchQuery(query: SelectQueryBuilder<FreelancerProfile>, fence = ''): MatchQuery {
  const sql = `${query.getQuery()}${fence}`;
  return { parameters: query.getParameters(), firstSql };

  function firstSql({ range = 'true', order, limit }: FirstMatches): string {
    return `select found.id from (${sql}) found where ${range} order by ${order} limit ${limit}`;
  }
}

/** Searches the texts. The parameters are those of the query of all matches. */
function boundedSearch(criteria: FreelancerCriteria): MatchQuery['firstSql'] {
  const filters = filterConditions('found', criteria).map(({ condition }) => condition);
  return ({ range = 'true', order, limit }) =>
    boundedSearchSql({
      from: 'freelancer_profiles found',
      alias: 'found',
      column: 'found.search',
      query: textQuery,
      listed: `${isListed('found')} and ${range}`,
      filter: ['true', ...filters].join(' and '),
      order,
      limit,
    });
}

/** `offset 0` keeps Postgres from flattening the subquery, so that it does not scan the index of the sort order. */
function withOptimizationFence(query: SelectQueryBuilder<FreelancerProfile>): MatchQuery {
  return toMatchQuery(query, ' offset 0');
}

interface MatchQuery {
  /** Selects the ids of the first matches in an order. */
  firstSql(first: FirstMatches): string;
  parameters: ObjectLiteral;
}
