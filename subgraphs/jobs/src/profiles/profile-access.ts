import { forgetLoaded, type JobsContext } from '../context.js';
import type { FreelancerProfile } from './profile-model.js';
import { mustSeeProfile } from './profile-visibility-rules.js';
import { key } from '../input/input-values.js';

/** @throws NOT_FOUND when there is no profile with this id that the caller may know of */
export async function findProfile({ caller, loaders }: JobsContext, profileId: string): Promise<FreelancerProfile> {
  const id = key('freelancer profile', profileId);
  return mustSeeProfile(caller, await loaders.profile.load(id), id);
}

/** The profile as it is after a write. */
export function foundAgain(context: JobsContext, id: string): Promise<FreelancerProfile> {
  forgetLoaded(context);
  return findProfile(context, id);
}
