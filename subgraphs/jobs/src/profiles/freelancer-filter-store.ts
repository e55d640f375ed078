import { fold } from '@marquee/chassis/input/fold';

/** A filter of freelancers as the database applies it. Null does not restrict the list. */
export interface FreelancerCriteria {
  words: string | null;
  audienceIds: readonly string[] | null;
  styleIds: readonly string[] | null;
  genreIds: readonly string[] | null;
  imageTagIds: readonly string[] | null;
  location: string | null;
  usesAi: boolean | null;
  hasAgent: boolean | null;
  /** Only the favourites of this user. */
  favoriteOf: string | null;
  folderId: string | null;
}

/** A condition of a filter, in SQL, with the values of its parameters. */
export interface FilterCondition {
  condition: string;
  values: Record<string, unknown>;
}

/**
 * A condition for every criterion except the search words. Each has an index of its own.
 *
 * @param alias the alias of the table of profiles
 */
export function filterConditions(alias: string, criteria: FreelancerCriteria): FilterCondition[] {
  const { audienceIds, styleIds, genreIds, imageTagIds, location, usesAi, hasAgent, favoriteOf, folderId } = criteria;
  const pattern = location === null ? null : containsPattern(fold(location));
  return [
    ...optional(`${alias}.audience_ids && cast(:audienceIds as uuid[])`, 'audienceIds', audienceIds),
    ...optional(`${alias}.style_ids && cast(:styleIds as uuid[])`, 'styleIds', styleIds),
    ...optional(`${alias}.genre_ids && cast(:genreIds as uuid[])`, 'genreIds', genreIds),
    ...optional(`${alias}.image_tag_ids && cast(:imageTagIds as uuid[])`, 'imageTagIds', imageTagIds),
    ...optional(`${alias}.uses_ai = :usesAi`, 'usesAi', usesAi),
    ...optional(`${alias}.has_agent = :hasAgent`, 'hasAgent', hasAgent),
    ...optional(`${alias}.folded_locations like :location`, 'location', pattern),
    ...optional(`${alias}.id in (${favorites})`, 'favoriteOf', favoriteOf),
    ...optional(`${alias}.id in (${members})`, 'folderId', folderId),
  ];
}

function optional(condition: string, name: string, value: unknown): FilterCondition[] {
  return value === null ? [] : [{ condition, values: { [name]: value } }];
}

const favorites = 'select profile_id from favorites where user_id = :favoriteOf';
const members = 'select profile_id from folder_members where folder_id = :folderId';

function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
