import { resetLoaders, type JobsContext } from '../context.js';
import { requireUuid } from '../input/input-values.js';
import type { FreelancerProfile } from './profile-model.js';
import { requireVisible } from './profile-visibility-rules.js';

/** @throws NOT_FOUND if the profile does not exist or the caller may not see it */
export async function requireVisibleProfile(
  { caller, loaders }: JobsContext,
  profileId: string,
): Promise<FreelancerProfile> {
  const id = requireUuid('freelancer profile', profileId);
  return requireVisible(caller, await loaders.profile.load(id), id);
}

/** Loads a profile again after a write. */
export function reloadProfile(context: JobsContext, id: string): Promise<FreelancerProfile> {
  resetLoaders(context);
  return requireVisibleProfile(context, id);
}
