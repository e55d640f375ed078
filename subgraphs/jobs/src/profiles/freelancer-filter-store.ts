import { fold } from '@marquee/chassis/input/fold';
import type { SelectQueryBuilder } from 'typeorm';
import type { FreelancerProfile } from './profile-model.js';

/** Which freelancers to show; null does not narrow. */
export interface ListedFreelancers {
  words: string | null;
  audienceIds: readonly string[] | null;
  styleIds: readonly string[] | null;
  genreIds: readonly string[] | null;
  imageTagIds: readonly string[] | null;
  place: string | null;
  usesAi: boolean | null;
  hasAgent: boolean | null;
  /** The user whose favourites to show. */
  favoriteOf: string | null;
  folderId: string | null;
}

/** Each condition but the words, with the columns that it narrows by; all go through an index of their own. */
export function narrow(
  found: SelectQueryBuilder<FreelancerProfile>,
  filter: ListedFreelancers,
): SelectQueryBuilder<FreelancerProfile> {
  const { place, favoriteOf, folderId } = filter;
  for (const name of ['audienceIds', 'styleIds', 'genreIds', 'imageTagIds'] as const)
    if (filter[name] !== null) found.andWhere(`profile.${name} && cast(:${name} as uuid[])`, { [name]: filter[name] });
  for (const name of ['usesAi', 'hasAgent'] as const)
    if (filter[name] !== null) found.andWhere(`profile.${name} = :${name}`, { [name]: filter[name] });
  if (place !== null) found.andWhere('profile.foldedLocations like :place', { place: containing(fold(place)) });
  if (favoriteOf !== null) found.andWhere(`profile.id in (${favorites})`, { favoriteOf });
  if (folderId !== null) found.andWhere(`profile.id in (${members})`, { folderId });
  return found;
}

const favorites = 'select profile_id from favorites where user_id = :favoriteOf';
const members = 'select profile_id from folder_members where folder_id = :folderId';

function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
