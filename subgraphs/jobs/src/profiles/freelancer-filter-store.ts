import { fold } from '@marquee/chassis/input/fold';
import type { SelectQueryBuilder } from 'typeorm';
import type { FreelancerProfile } from './profile-model.js';

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

/** Adds a condition for every criterion except the search words. Each has an index of its own. */
export function applyFilter(
  query: SelectQueryBuilder<FreelancerProfile>,
  criteria: FreelancerCriteria,
): SelectQueryBuilder<FreelancerProfile> {
  const { location, favoriteOf, folderId } = criteria;
  for (const name of ['audienceIds', 'styleIds', 'genreIds', 'imageTagIds'] as const)
    if (criteria[name] !== null)
      query.andWhere(`profile.${name} && cast(:${name} as uuid[])`, { [name]: criteria[name] });
  for (const name of ['usesAi', 'hasAgent'] as const)
    if (criteria[name] !== null) query.andWhere(`profile.${name} = :${name}`, { [name]: criteria[name] });
  if (location !== null)
    query.andWhere('profile.foldedLocations like :location', { location: containsPattern(fold(location)) });
  if (favoriteOf !== null) query.andWhere(`profile.id in (${favorites})`, { favoriteOf });
  if (folderId !== null) query.andWhere(`profile.id in (${members})`, { folderId });
  return query;
}

const favorites = 'select profile_id from favorites where user_id = :favoriteOf';
const members = 'select profile_id from folder_members where folder_id = :folderId';

function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
