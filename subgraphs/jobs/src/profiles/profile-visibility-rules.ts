import { badInput, notFound } from '@marquee/chassis/errors/errors';
import { requireUser, type Caller } from '@marquee/chassis/identity/caller';
import { isModerator } from '../access.js';
import type { FreelancerProfile } from './profile-model.js';
import { ProfileStatus, type ProfileAction } from './profile-status.js';
import { validActions } from '../state-machine/state-machine.js';
import { profileMachine, type ProfileActor } from './profile-machine.js';

type Owned = Pick<FreelancerProfile, 'ownerId'>;

export function owns(caller: Caller, { ownerId }: Owned): boolean {
  return caller.kind === 'user' && caller.id === ownerId;
}

/** An APPROVED profile is public; any other is for its owner and for moderators. */
export function maySeeProfile(caller: Caller, profile: FreelancerProfile): boolean {
  return profile.status === ProfileStatus.APPROVED || owns(caller, profile) || isModerator(caller);
}

/** The profile, or null where this caller may not know of it. */
export function visibleProfile(caller: Caller, profile: FreelancerProfile | null): FreelancerProfile | null {
  return profile !== null && maySeeProfile(caller, profile) ? profile : null;
}

/** @throws NOT_FOUND when there is none that this caller may know of */
export function mustSeeProfile(caller: Caller, profile: FreelancerProfile | null, key: string): FreelancerProfile {
  const visible = visibleProfile(caller, profile);
  if (visible !== null) return visible;
  throw notFound('freelancer profile', key.slice(0, 100));
}

/** @throws BAD_USER_INPUT unless a thing is named by its id or by its slug, and not by both */
export function mustNameOne(
  id: string | null | undefined,
  slug: string | null | undefined,
): { by: 'id' | 'slug'; value: string } {
  if (typeof id === 'string' && typeof slug !== 'string') return { by: 'id', value: id.toLowerCase() };
  if (typeof slug === 'string' && typeof id !== 'string') return { by: 'slug', value: slug };
  throw badInput({ path: 'id', message: 'name it by id or by slug: exactly one of the two' });
}

/** What the caller is to a profile. */
export function profileActors(caller: Caller, profile: Owned): ProfileActor[] {
  const actors: ProfileActor[] = [];
  if (owns(caller, profile)) actors.push('owner');
  if (isModerator(caller)) actors.push('moderator');
  return actors;
}

/** What the caller can do to a profile now. */
export function profileActions(caller: Caller, profile: FreelancerProfile): ProfileAction[] {
  return validActions(profileMachine, profile, profileActors(caller, profile));
}

/** @throws UNAUTHENTICATED or FORBIDDEN for who is no user, NOT_FOUND for a user without a profile */
export function mustHaveProfile(caller: Caller, profile: FreelancerProfile | null): FreelancerProfile {
  const user = requireUser(caller);
  if (profile !== null) return profile;
  throw notFound('freelancer profile of user', user.id);
}
