import { notFound } from '@marquee/chassis/errors/errors';
import { requireUser, type Caller } from '@marquee/chassis/identity/caller';
import { isModerator } from '../access.js';
import { validActions } from '../state-machine/state-machine.js';
import { profileMachine, type ProfileActor } from './profile-machine.js';
import type { FreelancerProfile } from './profile-model.js';
import { ProfileStatus, type ProfileAction } from './profile-status.js';

type Owned = Pick<FreelancerProfile, 'ownerId'>;

export function isOwner(caller: Caller, { ownerId }: Owned): boolean {
  return caller.kind === 'user' && caller.id === ownerId;
}

/** A profile is public if it is APPROVED, while the account of its owner is active. */
export function isPublicProfile({
  status,
  ownerIsActive,
}: Pick<FreelancerProfile, 'status' | 'ownerIsActive'>): boolean {
  return status === ProfileStatus.APPROVED && ownerIsActive;
}

/** A profile that is not public is visible to its owner and to moderators only. */
export function canSeeProfile(caller: Caller, profile: FreelancerProfile): boolean {
  return isPublicProfile(profile) || isOwner(caller, profile) || isModerator(caller);
}

/** Returns the profile, or null if the caller may not see it. */
export function profileIfVisible(caller: Caller, profile: FreelancerProfile | null): FreelancerProfile | null {
  return profile !== null && canSeeProfile(caller, profile) ? profile : null;
}

/** @throws NOT_FOUND if the profile does not exist or the caller may not see it */
export function requireVisible(caller: Caller, profile: FreelancerProfile | null, key: string): FreelancerProfile {
  const visible = profileIfVisible(caller, profile);
  if (visible !== null) return visible;
  throw notFound('freelancer profile', key.slice(0, 100));
}

/** Returns the roles of the caller towards a profile; empty for an unrelated caller. */
export function profileActors(caller: Caller, profile: Owned): ProfileActor[] {
  const actors: ProfileActor[] = [];
  if (isOwner(caller, profile)) actors.push('owner');
  if (isModerator(caller)) actors.push('moderator');
  return actors;
}

/** Returns the actions that the caller can perform on a profile now. */
export function validProfileActions(caller: Caller, profile: FreelancerProfile): ProfileAction[] {
  return validActions(profileMachine, profile, profileActors(caller, profile));
}

/** @throws UNAUTHENTICATED or FORBIDDEN for a caller who is not a user, NOT_FOUND for a user without a profile */
export function requireProfile(caller: Caller, profile: FreelancerProfile | null): FreelancerProfile {
  const user = requireUser(caller);
  if (profile !== null) return profile;
  throw notFound('freelancer profile of user', user.id);
}
