import { fold } from '@marquee/chassis/input/fold';
import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { applyFilter, type FreelancerCriteria } from './freelancer-filter-store.js';
import { FreelancerProfile } from './profile-model.js';

/** Selects the profiles that match a filter, in any order. */
export interface FreelancerQuery {
  /**
   * Selects matches as the relation `matches`: the union, without duplicates, of the rows that each query finds.
   *
   * @param columns the columns to select of `found`, which has id, folded_name, featured and search
   * @param rest the where, order by and limit clauses, over the same columns
   */
  selectMatches(columns: string, rest: string, parameters: ObjectLiteral): SelectQueryBuilder<ObjectLiteral>;

  /** Selects the complete profiles of such matches, which must include the id. */
  joinProfiles(matches: SelectQueryBuilder<ObjectLiteral>): SelectQueryBuilder<FreelancerProfile>;
}

/**
 * Searches the texts and the names in separate queries. If both were one query with an "or", Postgres would often scan
 * the index of the sort order and compare each name, which is slow. Separately, each uses its own search index.
 */
export function createFreelancerQuery(source: DataSource, criteria: FreelancerCriteria): FreelancerQuery {
  const queries = createMatchQueries(source, criteria);
  return { selectMatches, joinProfiles };

  function selectMatches(columns: string, rest: string, parameters: ObjectLiteral): SelectQueryBuilder<ObjectLiteral> {
    const selects = queries.map(({ sql }) => `(select ${columns} from (${sql}) found ${rest})`);
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

/** Indexed names have no accents, other indexed texts do: the search text matches in both spellings. */
export const textQuery = `(websearch_to_tsquery('english', :words) || websearch_to_tsquery('english', :folded))`;

function createMatchQueries(source: DataSource, criteria: FreelancerCriteria): MatchQuery[] {
  if (criteria.words === null) return [toMatchQuery(filterProfiles(source, criteria))];
  const values = { words: criteria.words.toLowerCase(), folded: fold(criteria.words) };
  const inTexts = toMatchQuery(filterProfiles(source, criteria).andWhere(`profile.search @@ ${textQuery}`, values));
  const byName = filterProfiles(source, criteria).andWhere(':folded <% profile.foldedName', values);
  // A trigram needs three letters.
  return values.folded.length < 3 ? [inTexts] : [inTexts, withOptimizationFence(toMatchQuery(byName))];
}

function filterProfiles(source: DataSource, criteria: FreelancerCriteria): SelectQueryBuilder<FreelancerProfile> {
  const approved = source
    .getRepository(FreelancerProfile)
    .createQueryBuilder('profile')
    .select('profile.id', 'id')
    .addSelect('profile.foldedName', 'folded_name')
    .addSelect('profile.featured', 'featured')
    .addSelect('profile.search', 'search')
    // A literal, as in the condition of the partial indexes: Postgres does not use them for a parameter.
    .where(`profile.status = 'APPROVED' and profile.ownerIsActive`);
  return applyFilter(approved, criteria);
}

function toMatchQuery(query: SelectQueryBuilder<FreelancerProfile>): MatchQuery {
  return { sql: query.getQuery(), parameters: query.getParameters() };
}

/** `offset 0` keeps Postgres from flattening the subquery, so that it does not scan the index of the sort order. */
function withOptimizationFence({ sql, parameters }: MatchQuery): MatchQuery {
  return { sql: `${sql} offset 0`, parameters };
}

interface MatchQuery {
  sql: string;
  parameters: ObjectLiteral;
}
